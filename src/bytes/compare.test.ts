// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareBytes, concatBytes, equalBytes } from './compare.ts';

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

compare.run();
