// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { INTERFACES } from './attacker.testing.ts';
import { flipMessage } from './flips.testing.ts';
import { createTestNetwork } from './network.testing.ts';

/** Every bit on Node. XS takes a prime share of them: curves are slow there. */
const STRIDE = Reflect.has(globalThis, 'process') ? 1 : 11;

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

const test = suite('flipped bits of handshakes between roles');

// XS gives the first test of a suite less stack than those behind it.
test('both interfaces have a handshake to flip', () => {
  assert.equal([...INTERFACES].sort(), ['CPNS-1', 'CPNS-3']);
});

for (const name of INTERFACES) {
  for (let position = 1; position <= 4; position += 1) {
    test(`${name}: message_${position} with any bit flipped is refused, and the true one completes`, () => {
      const { flips, bits } = flipMessage(createTestNetwork(), name, position, STRIDE);
      console.log(`  ${name}, message_${position}: ${flips} of ${bits} bits`);
      assert.is(flips, Math.ceil(bits / STRIDE));
    });
  }
}

test.run();
