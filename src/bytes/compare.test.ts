// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareBytes, concatBytes, equalBytes, overlap } from './compare.ts';

const compare = suite('compareBytes');

compare('orders bytewise, a prefix first', () => {
  const ascending = [[], [0], [0, 0], [0, 255], [1], [127], [128], [255], [255, 0]].map((b) =>
    Uint8Array.from(b),
  );
  for (let i = 0; i < ascending.length; i++) {
    for (let j = 0; j < ascending.length; j++) {
      assert.is(Math.sign(compareBytes(ascending[i]!, ascending[j]!)), Math.sign(i - j));
    }
  }
});

compare('tells equal from unequal', () => {
  assert.ok(equalBytes(new Uint8Array(0), new Uint8Array(0)));
  assert.ok(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(0, 1, 2).subarray(1)));
  assert.not(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert.not(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)));
});

compare('concatenates into bytes of its own', () => {
  const part = Uint8Array.of(1, 2);
  const whole = concatBytes(part, new Uint8Array(0), Uint8Array.of(3));
  part[0] = 9;
  assert.equal([...whole], [1, 2, 3]);
  assert.is(concatBytes().length, 0);
});

compare('tells views that share a byte from those that do not', () => {
  const memory = new Uint8Array(10);
  const view = (start: number, end: number) => memory.subarray(start, end);
  assert.ok(overlap(view(2, 5), view(4, 6)));
  assert.ok(overlap(view(4, 6), view(2, 5)));
  assert.ok(overlap(view(0, 10), view(3, 4)));
  assert.not(overlap(view(2, 5), view(5, 6)));
  assert.not(overlap(view(2, 5), view(3, 3)));
  assert.not(overlap(view(2, 5), new Uint8Array(10)));
});

compare.run();
