// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { refusalOf } from '../negotiation/side.testing.ts';
import {
  decodeToPne,
  decodeToServer,
  encodeMembership,
  encodeProof,
  encodeRequest,
  encodeRevocation,
  encodeUpdate,
  isKeyType,
} from './key-message.ts';
import { encodeMessage, MessageType } from './message.ts';
import { messageTypeOf } from './readings-message.ts';

const test = suite('key message');

const WRAPPED = new Uint8Array(24).fill(7);
const PROOF = new Uint8Array(8).fill(9);

function isRefused(items: readonly FlatItem[]): boolean {
  const bytes = encodeFlat(items);
  return [decodeToPne, decodeToServer].every((decode) => refusalOf(() => decode(bytes)) !== undefined);
}

test('what is encoded is read, by the end that it is for', () => {
  const seat = { sender: 5, boots: 1, terms: 3 };
  for (const update of [
    { reference: 0, epoch: 1, wrapped: WRAPPED, seat: undefined },
    { reference: 2, epoch: 300, wrapped: WRAPPED, seat },
  ])
    assert.equal(decodeToPne(encodeUpdate(update)), { type: 8, ...update });
  for (const proof of [PROOF, new Uint8Array(0)]) {
    const bytes = encodeProof({ reference: 2, epoch: 5, proof });
    assert.equal(decodeToPne(bytes), { type: 9, reference: 2, epoch: 5, proof });
    assert.equal(decodeToServer(bytes), { type: 9, reference: 2, epoch: 5, proof });
  }
  const revocation = { reference: 2, epoch: 5, status: 3 };
  assert.equal(decodeToPne(encodeRevocation(revocation)), { type: 10, ...revocation });
  const held = [
    { reference: 0, epoch: 1, sender: 0xfffffffe },
    { reference: 2, epoch: 70_000, sender: 1023 },
  ];
  for (const keys of [[], held]) assert.equal(decodeToServer(encodeRequest(keys)), { type: 7, held: keys });
  assert.equal(decodeToServer(encodeMembership(1, 2)), { type: 11, operation: 1, reference: 2 });
});

test('neither end takes what the other is to be told', () => {
  assert.throws(() => decodeToPne(encodeRequest([])));
  assert.throws(() => decodeToPne(encodeMembership(0, 2)));
  assert.throws(() => decodeToServer(encodeRevocation({ reference: 2, epoch: 5, status: 3 })));
  assert.throws(() =>
    decodeToServer(encodeUpdate({ reference: 2, epoch: 1, wrapped: WRAPPED, seat: undefined })),
  );
});

test('a re-key takes 30 bytes, 32 in the epochs from 256 on', () => {
  const length = (epoch: number) =>
    encodeUpdate({ reference: 2, epoch, wrapped: WRAPPED, seat: undefined }).length;
  assert.equal([1, 23, 24, 255, 256, 65_535].map(length), [30, 30, 31, 31, 32, 32]);
});

test('a message with an item more or less, of another kind, or too large, is refused', () => {
  assert.ok(isRefused([7, 1]));
  assert.ok(isRefused([7, 1, 2]));
  assert.ok(isRefused([7, 1, 2, PROOF]));
  assert.ok(isRefused([7, ...Array.from({ length: 33 }, () => 1)]), 'more keys than a PNE has');
  assert.ok(isRefused([8, 2, 1]));
  assert.ok(isRefused([8, 2, 1, 5]));
  assert.ok(isRefused([8, 2, 1, WRAPPED, 1]));
  assert.ok(isRefused([8, 2, 1, WRAPPED, 1, 0]));
  assert.ok(isRefused([8, 2, 1, WRAPPED, 1, 0, 0, 0]));
  assert.ok(isRefused([8, 2, 1, WRAPPED, 1024, 0, 0]), 'a sender that no group has');
  assert.ok(isRefused([8, 2, 1, WRAPPED, 1, 0, 4]), 'terms that there are not');
  assert.ok(isRefused([8, 2 ** 21, 1, WRAPPED]), 'a reference that there is not');
  assert.ok(isRefused([9, 2, 1]));
  assert.ok(isRefused([9, 2, 1, 3]));
  assert.ok(isRefused([9, 2, 1, PROOF, 0]));
  assert.ok(isRefused([10, 2, 1]));
  assert.ok(isRefused([10, 2, 1, PROOF]));
  assert.ok(isRefused([10, 'x', 1, 0]));
  assert.ok(isRefused([11, 2, 2]), 'an operation that there is not');
  assert.ok(isRefused([11, 0]));
  assert.ok(isRefused([11, 0, 2, 0]));
  assert.ok(isRefused([12, 0, 0, 0]));
  assert.ok(isRefused([6, 0, 0, 0]));
});

test('a message is about keys by its type, of however many keys a request is', () => {
  const isAboutKeys = (bytes: Uint8Array) => isKeyType(messageTypeOf(bytes));
  assert.ok(isAboutKeys(encodeMembership(1, 2)));
  for (let length = 0; length <= 10; length++)
    assert.ok(
      isAboutKeys(encodeRequest(Array.from({ length }, () => ({ reference: 1, epoch: 1, sender: 1 })))),
    );
  for (const type of [MessageType.reading, MessageType.content])
    assert.not.ok(isAboutKeys(encodeMessage({ type, number: 7, payload: PROOF })));
});

test.run();
