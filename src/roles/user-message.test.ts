// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encodeFlat } from '../cbor/flat.ts';
import { parseContent } from '../groups/content.ts';
import { unwrapUserKey, wrapUserKey } from '../keys/user-wrapping.ts';
import { unwrapKey, wrapKey } from '../keys/wrapping.ts';
import { ControlKind, decodeControl, encodeRegistered, encodeRegistration } from './gateway-control.ts';
import { PROVIDER } from './identities.testing.ts';
import { decodeToPne, isKeyType } from './key-message.ts';
import {
  decodeTrigger,
  decodeUserAnswer,
  decodeUserRequest,
  decodeUserUpdate,
  encodeTrigger,
  encodeUserAnswer,
  encodeUserRequest,
  encodeUserUpdate,
  isTrigger,
} from './user-message.ts';

const test = suite('user messages');
const WRAPPED = new Uint8Array(24).fill(7);
const PROOF = new Uint8Array(16).fill(9);

test('their bytes, and what is read of them', () => {
  const messages: [string, Uint8Array][] = [
    ['05018164616e6e61', encodeTrigger('anna')],
    ['821464616e6e61', encodeUserRequest('anna')],
    ['83150064616e6e61', encodeUserAnswer({ status: 0, user: 'anna' })],
    [
      `8508000258${'18'}${'07'.repeat(24)}64616e6e61`,
      encodeUserUpdate({ epoch: 2, wrapped: WRAPPED, user: 'anna' }),
    ],
  ];
  for (const [hex, bytes] of messages) assert.is(toHex(bytes), hex);
  assert.is(decodeTrigger(encodeTrigger('anna').subarray(1)), 'anna');
  assert.is(decodeUserRequest(messages[1]![1]), 'anna');
  assert.equal(decodeUserAnswer(messages[2]![1]), { status: 0, user: 'anna' });
  assert.equal(decodeUserUpdate(messages[3]![1]), { epoch: 2, wrapped: WRAPPED, user: 'anna' });
  for (const [, bytes] of messages.slice(1)) assert.ok(isKeyType(bytes[1]!));
});

test('a trigger is no content, and no content a trigger', () => {
  const trigger = encodeTrigger('anna').subarray(1);
  assert.ok(isTrigger(trigger));
  assert.throws(() => parseContent(trigger), /messageInvalid/);
  for (let head = 0; head < 256; head++) {
    const content = new Uint8Array(24).fill(4);
    content[0] = head;
    try {
      parseContent(content);
    } catch {
      continue;
    }
    assert.not.ok(isTrigger(content));
  }
});

test('whatever is not exactly one is refused', () => {
  const poor: [(bytes: Uint8Array) => unknown, Uint8Array][] = [
    [decodeTrigger, fromHex('0180')],
    [decodeTrigger, fromHex(`01816a${'61'.repeat(10)}`)],
    [decodeTrigger, fromHex('018261616162')],
    [decodeTrigger, fromHex('018160')],
    [decodeUserRequest, encodeFlat([20])],
    [decodeUserRequest, encodeFlat([20, 'anna', 1])],
    [decodeUserRequest, encodeFlat([21, 'anna'])],
    [decodeUserAnswer, encodeFlat([21, 'anna', 0])],
    [decodeUserAnswer, encodeFlat([21, 256, 'anna'])],
    [decodeUserAnswer, encodeFlat([21, 0, 'anna', 0])],
    [decodeUserUpdate, encodeFlat([8, 0, 1, 'wrapped', 'anna'])],
    [decodeUserUpdate, encodeFlat([8, 0, 1, WRAPPED, ''])],
    [decodeToPne, encodeUserUpdate({ epoch: 1, wrapped: WRAPPED, user: 'anna' })],
    [decodeControl, encodeFlat([7, 0, 'pne-1', 'anna'])],
    [decodeControl, encodeFlat([7, 0, 'pne-1', 'anna', PROOF.subarray(1)])],
    [decodeControl, encodeFlat([7, 0, 'pne-1', 'far-too-long', PROOF])],
    [decodeControl, encodeFlat([7, 0, '', 'anna', PROOF])],
    [decodeControl, encodeFlat([8, 0, 'anna'])],
    [decodeControl, encodeFlat([8, 0, 1, 1])],
  ];
  for (const [decode, bytes] of poor) assert.throws(() => decode(bytes), /messageInvalid/, toHex(bytes));
  for (const other of [
    encodeFlat([8, 0, 1, WRAPPED]),
    encodeFlat([8, 2, 1, WRAPPED, 'anna']),
    encodeFlat([9]),
  ])
    assert.is(decodeUserUpdate(other), undefined);
});

test('a registration and its answer on CPNS-2', () => {
  const registration = { pneId: 'pne-1', user: 'anna', proof: PROOF };
  assert.equal(decodeControl(encodeRegistration(5, registration)), {
    kind: ControlKind.registration,
    number: 5,
    registration,
  });
  assert.equal(decodeControl(encodeRegistered(5, 18)), {
    kind: ControlKind.registered,
    number: 5,
    status: 18,
  });
});

test('a key that is wrapped for a user opens for him alone, and not as that of a device', () => {
  const secret = (seed: number) => PROVIDER.secret(new Uint8Array(16).fill(seed));
  const [above, key] = [secret(1), secret(2)];
  const wrapped = wrapUserKey(PROVIDER, above, 'anna', 3, key);
  const opened = unwrapUserKey(PROVIDER, above, 'anna', 3, wrapped);
  assert.equal(wrapUserKey(PROVIDER, above, 'anna', 3, opened), wrapped);
  for (const work of [
    () => unwrapUserKey(PROVIDER, above, 'bob', 3, wrapped),
    () => unwrapUserKey(PROVIDER, above, 'anna', 4, wrapped),
    () => unwrapUserKey(PROVIDER, secret(3), 'anna', 3, wrapped),
    () => unwrapUserKey(PROVIDER, above, 'anna', 3, wrapped.subarray(1)),
    () => unwrapKey(PROVIDER, above, 0, 3, wrapped),
    () => unwrapUserKey(PROVIDER, above, 'anna', 3, wrapKey(PROVIDER, above, 0, 3, key)),
  ])
    assert.throws(work, /keyUnwrapFailed/);
});

test.run();
