// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReasonName, Refusal } from '../refusal.ts';
import { fromHex, toHex } from './hex.ts';

const hex = suite('hex');

hex('reads every byte that it writes', () => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = toHex(every);
  assert.is(text.length, 512);
  assert.ok(text.startsWith('000102') && text.endsWith('fdfeff'));
  assert.equal(fromHex(text), every);
  assert.equal(fromHex(text.toUpperCase()), every);
  assert.is(toHex(fromHex(text.repeat(3) + text.slice(0, 2))), `${text.repeat(3)}00`);
  assert.is(fromHex('').length, 0);
});

hex('refuses what is not pairs of digits', () => {
  for (const text of ['0', '0g', 'g0', '0x', ' 00', '0 ', '00 11 ', '/0', ':0', '@0', '`0', '\u01300']) {
    refuses('notWellFormed', () => fromHex(text));
  }
});

hex.run();

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
