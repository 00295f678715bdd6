// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import { Refusal } from '../refusal.ts';
import { decodeMessage, encodeMessage, type Message, MessageType } from './message.ts';
import { decodeProvisioning, encodeProvisioning } from './provisioning.ts';

const test = suite('roles/message');

const MESSAGES: readonly [Message, string][] = [
  [
    {
      type: MessageType.registration,
      pneId: 'pne-1',
      epoch: 7,
      tag: Uint8Array.of(1, 2, 3, 4),
      contents: { epoch: 1, next: 24 },
    },
    '860065706e652d31074401020304011818',
  ],
  [{ type: MessageType.reading, number: 24, payload: Uint8Array.of(0xf5) }, '8301181841f5'],
  [{ type: MessageType.receipt, number: 0, status: 1 }, '83020001'],
  [{ type: MessageType.receipt, number: 3, status: 0, more: 0x7fff }, '84020300197fff'],
  [{ type: MessageType.dictionary, known: 4 }, '820604'],
  [{ type: MessageType.content, number: 256, payload: Uint8Array.of(0xa0) }, '830319010041a0'],
  [{ type: MessageType.registered, status: 0, answered: 7, epoch: 1 }, '8404000701'],
  [
    { type: MessageType.registered, status: 0, answered: 7, epoch: 1, grant: Uint8Array.of(9) },
    '85040007014109',
  ],
];

for (const [message, hex] of MESSAGES) {
  test(`message ${hex} encodes and decodes`, () => {
    assert.is(toHex(encodeMessage(message)), hex);
    assert.equal(decodeMessage(fromHex(hex)), message);
  });

  test(`message ${hex} is refused when cut short or with a byte more`, () => {
    const bytes = fromHex(hex);
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(() => decodeMessage(bytes.subarray(0, length)), isRefusal);
    }
    assert.throws(() => decodeMessage(fromHex(`${hex}00`)), isRefusal);
  });
}

for (const hex of [
  '8105',
  '820500',
  '84020000' + '00',
  '84020000' + '1a80000000',
  '8502000001' + '01',
  '82064100',
  '83060001',
  '8301f500',
  '83012000',
  '82014100',
  '830100f5',
  '82006161ff',
  '820061ff',
  '86006161014301020301180a',
  '860061611a002000004401020304011818',
  '86006161014401020304' + '1a00200000' + '00',
  'a10000',
]) {
  test(`${hex} is no message`, () => {
    assert.throws(() => decodeMessage(fromHex(hex)), isRefusal);
  });
}

test('a route carries its flow and body, and nothing else', () => {
  const bytes = encodeRoute(0xffffffff, Uint8Array.of(1, 2));
  assert.is(toHex(bytes), '821affffffff420102');
  assert.equal(decodeRoute(bytes), { flow: 0xffffffff, message: Uint8Array.of(1, 2) });
  for (const hex of ['821b0000000100000000420102', '8120', '8300410000', '82002041', '820041']) {
    assert.throws(() => decodeRoute(fromHex(hex)), isRefusal);
  }
});

const PROVISIONING = Object.freeze({
  pneId: 'pne-1',
  gatewayAddress: '127.0.0.1',
  gatewayPort: 5683,
  privateKey: new Uint8Array(32).fill(3),
  ownCcs: Uint8Array.of(0xa0),
  gatewayCcs: Uint8Array.of(0xa1),
  serverCcs: Uint8Array.of(0xa2),
});

test('a provisioning record comes back as it was written', () => {
  assert.equal(decodeProvisioning(encodeProvisioning(PROVISIONING)), PROVISIONING);
});

test('a provisioning record of another version, or cut short, is refused', () => {
  const bytes = encodeProvisioning(PROVISIONING);
  for (let length = 0; length < bytes.length; length += 1) {
    assert.throws(() => decodeProvisioning(bytes.subarray(0, length)), isRefusal);
  }
  const other = bytes.slice();
  other[1] = 1;
  assert.throws(
    () => decodeProvisioning(other),
    (error: unknown) => error instanceof Refusal && error.reasonName === 'notProvisioned',
  );
});

function isRefusal(error: unknown): boolean {
  return error instanceof Refusal;
}

test.run();
