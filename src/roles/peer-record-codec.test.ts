// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Refusal } from '../refusal.ts';
import { NEW_PEER, type PeerRecord } from './peer-record.ts';
import { decodePeerRecord, encodePeerRecord } from './peer-record-codec.ts';

const test = suite('peer record codec');

const FULL: PeerRecord = {
  boot: { epoch: 7, tag: Uint8Array.of(1, 2, 3, 4) },
  received: { highest: 40, seen: 0xffffffff },
  stream: { epoch: 2, next: 6 },
  nextTicket: 9,
  contents: [
    { ticket: 3, payload: Uint8Array.of(5), number: 5 },
    { ticket: 8, payload: Uint8Array.of(), number: undefined },
  ],
};
const NEW_HEX = '8601f6822000820100' + '0080';
const FULL_HEX = '8601820744010203048218281affffffff820206098283034105058308' + '40f6';

test('the bytes of a new PNE and of one with everything', () => {
  assert.is(toHex(encodePeerRecord(NEW_PEER)), NEW_HEX);
  assert.is(toHex(encodePeerRecord(FULL)), FULL_HEX);
});

test('what is read is what was written, in memory of its own', () => {
  assert.equal(decodePeerRecord(fromHex(NEW_HEX)), { ...NEW_PEER, received: { highest: -1, seen: 0 } });
  const bytes = fromHex(FULL_HEX);
  const record = decodePeerRecord(bytes);
  bytes.fill(0);
  assert.equal(record, FULL);
});

test('every part of a record, and one byte more, is refused', () => {
  const bytes = fromHex(FULL_HEX);
  for (let length = 0; length < bytes.length; length += 1) {
    assert.throws(
      () => decodePeerRecord(bytes.subarray(0, length)),
      (error: unknown) => error instanceof Refusal,
    );
  }
  assert.throws(() => decodePeerRecord(fromHex(`${FULL_HEX}00`)), /trailingBytes/);
});

test('a changed byte is refused, or is another record that is written with that byte', () => {
  const good = fromHex(FULL_HEX);
  let refused = 0;
  for (let at = 0; at < good.length; at += 1) {
    for (const flip of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const bytes = good.slice();
      bytes[at]! ^= flip;
      try {
        assert.is(toHex(encodePeerRecord(decodePeerRecord(bytes))), toHex(bytes));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused += 1;
      }
    }
  }
  assert.ok(refused > 100);
});

const refusals: [string, Partial<PeerRecord>][] = [
  ['readings of no boot', { boot: undefined }],
  ['a boot 0', { boot: { epoch: 0, tag: Uint8Array.of(1, 2, 3, 4) } }],
  ['a boot that no device counts to', { boot: { epoch: 2 ** 21, tag: Uint8Array.of(1, 2, 3, 4) } }],
  ['a tag of another length', { boot: { epoch: 1, tag: Uint8Array.of(1, 2, 3) } }],
  ['a window without its highest number', { received: { highest: 4, seen: 2 } }],
  ['a number that no boot has', { received: { highest: 2 ** 32, seen: 1 } }],
  ['a stream 0', { stream: { epoch: 0, next: 6 } }],
  ['a number that was not given', { stream: { epoch: 2, next: 5 } }],
  ['a ticket that was not given', { nextTicket: 8 }],
  ['tickets out of order', { contents: [...FULL.contents].reverse() }],
  ['a ticket twice', { contents: [FULL.contents[0]!, { ...FULL.contents[0]!, number: undefined }] }],
  ['a payload that is too long', { contents: [{ ...FULL.contents[1]!, payload: new Uint8Array(2049) }] }],
  [
    'more contents than are queued',
    { contents: Array.from({ length: 9 }, (_, ticket) => ({ ...FULL.contents[1]!, ticket })) },
  ],
];

for (const [name, change] of refusals) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => decodePeerRecord(encodePeerRecord({ ...FULL, ...change })),
      /recordInvalid|badArgument/,
    );
  });
}

test('refused: another version', () => {
  assert.throws(() => decodePeerRecord(fromHex(FULL_HEX.replace('8601', '8602'))), /recordInvalid/);
});

test.run();
