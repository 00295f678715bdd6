// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../bytes/hex.ts';
import { createRandom } from './random.ts';

const test = suite('random bytes of node:crypto');

test('no draw comes twice, of any length', () => {
  const random = createRandom();
  const drawn = new Set<string>();
  let draws = 0;
  for (const length of [8, 16, 63, 64, 65, 1023, 1024, 1025])
    for (let round = 0; round < 200; round += 1, draws += 1) {
      const bytes = new Uint8Array(length);
      random(bytes);
      drawn.add(toHex(bytes.subarray(0, 8)));
    }
  assert.is(drawn.size, draws);
});

test('every byte of an array is drawn, and nothing beside it', () => {
  const random = createRandom();
  for (const length of [1, 4, 64, 65, 2000]) {
    const around = new Uint8Array(length + 2);
    const seen = new Uint8Array(length);
    for (let round = 0; round < 64; round += 1) {
      random(around.subarray(1, 1 + length));
      for (let at = 0; at < length; at += 1) seen[at]! |= around[1 + at]!;
    }
    assert.ok(seen.every((bits) => bits !== 0));
    assert.is(around[0]! | around[length + 1]!, 0);
  }
});

test.run();
