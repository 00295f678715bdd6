// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { refusalOf } from '../negotiation/side.testing.ts';
import { decodeToPne, decodeToServer, isKeyType } from './key-message.ts';
import {
  decodeSignerKey,
  decodeSignerRequest,
  encodeSignerKey,
  encodeSignerRequest,
} from './signer-message.ts';

const test = suite('signer message');

const KEY = new Uint8Array(33).fill(1);

function isRefused(bytes: Uint8Array): boolean {
  const decoders = [decodeSignerKey, decodeSignerRequest, decodeToPne, decodeToServer];
  return decoders.every((decode) => refusalOf(() => decode(bytes)) !== undefined);
}

test('what is encoded is read, by the end that it is for', () => {
  const signer = { reference: 2, epoch: 70_000, sender: 1023 };
  const request = encodeSignerRequest(signer);
  assert.equal(decodeSignerRequest(request), signer);
  assert.throws(() => decodeSignerKey(request));
  for (const key of [KEY, new Uint8Array(0)]) {
    const bytes = encodeSignerKey({ ...signer, key });
    assert.equal(decodeSignerKey(bytes), { ...signer, key });
    assert.throws(() => decodeSignerRequest(bytes));
    assert.ok(isKeyType(bytes[1]!) && isKeyType(request[1]!));
  }
});

test('a request takes 5 bytes, and a key 40, in the first epochs', () => {
  const signer = { reference: 2, epoch: 1, sender: 0 };
  assert.is(encodeSignerRequest(signer).length, 5);
  assert.is(encodeSignerKey({ ...signer, key: KEY }).length, 40);
});

test('a message with an item more or less, of another kind, or too large, is refused', () => {
  const others: FlatItem[][] = [
    [12, 2, 1],
    [12, 2, 1, 0, 0],
    [12, 2, 1, KEY],
    [12, 2 ** 21, 1, 0],
    [12, 2, 2 ** 32, 0],
    [12, 2, 1, 1024],
    [13, 2, 1, 0],
    [13, 2, 1, 0, 0],
    [13, 2, 1, 0, 'key'],
    [13, 2, 1, 0, KEY, 0],
    [13, 2, 1, 1024, KEY],
    [13, 2, 1, 0, KEY.subarray(1)],
    [13, 2, 1, 0, Uint8Array.of(...KEY, 1)],
    [13, 2, 1, 0, Uint8Array.of(2, ...KEY.subarray(1))],
    [14, 2, 1, 0],
  ];
  for (const items of others) assert.ok(isRefused(encodeFlat(items)), `${items}`);
});

test('a trailing byte and a cut are refused', () => {
  const bytes = encodeSignerKey({ reference: 2, epoch: 1, sender: 0, key: KEY });
  assert.ok(isRefused(Uint8Array.of(...bytes, 0)));
  for (let length = 0; length < bytes.length; length++) assert.ok(isRefused(bytes.subarray(0, length)));
});

test.run();
