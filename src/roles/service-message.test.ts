// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBelow } from '../bytes/random.testing.ts';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refusalOf } from '../negotiation/side.testing.ts';
import { decodeToPne, decodeToServer, isKeyType } from './key-message.ts';
import { messageTypeOf } from './readings-message.ts';
import {
  decodeServiceAnswer,
  decodeServiceRequest,
  encodeServiceAnswer,
  encodeServiceRequest,
  ServiceOperation,
} from './service-message.ts';

const test = suite('service message');
const { serviceMaxTexts, serviceMaxTextBytes, serviceMaxResults } = ImplementationLimits;

const REQUEST = { serial: 1, operation: ServiceOperation.createGroup, number: 0, texts: ['lights', ''] };
const ANSWER = { serial: 1, status: 0, results: [2, Uint8Array.of(1)] };

test('what is encoded is read, by the end that it is for', () => {
  const request = encodeServiceRequest(REQUEST);
  assert.equal(decodeServiceRequest(request), REQUEST);
  assert.throws(() => decodeServiceAnswer(request));
  const answer = encodeServiceAnswer(ANSWER);
  assert.equal(decodeServiceAnswer(answer), ANSWER);
  assert.throws(() => decodeServiceRequest(answer));
  for (const bytes of [request, answer]) {
    assert.ok(isKeyType(bytes[1]!));
    assert.throws(() => decodeToServer(bytes));
    assert.throws(() => decodeToPne(bytes));
  }
});

test('a wish for a group takes 13 bytes, and its answer 5', () => {
  assert.is(encodeServiceRequest(REQUEST).length, 13);
  assert.is(encodeServiceAnswer({ ...ANSWER, results: [2] }).length, 5);
});

test('the longest of both show their type where it is looked for', () => {
  const text = 'x'.repeat(serviceMaxTextBytes);
  const request = encodeServiceRequest({ ...REQUEST, texts: Array(serviceMaxTexts).fill(text) });
  const answer = encodeServiceAnswer({ ...ANSWER, results: Array(serviceMaxResults).fill(0) });
  assert.equal([messageTypeOf(request), request[1], answer[1]], [14, 14, 15]);
});

test('a text that no server takes is not sent', () => {
  const long = ['x'.repeat(serviceMaxTextBytes + 1)];
  for (const texts of [long, Array(serviceMaxTexts + 1).fill('')])
    assert.is(
      refusalOf(() => encodeServiceRequest({ ...REQUEST, texts })),
      'badArgument',
    );
});

test('a message with an item of another kind, too large, or too many is refused', () => {
  const others: FlatItem[][] = [
    [14],
    [14, 1, 0],
    [14, 1, 0, 'x'],
    [14, 2 ** 32, 0, 0],
    [14, 1, 24, 0],
    [14, 1, 0, 2 ** 21],
    [14, 1, 0, 0, 5],
    [14, 1, 0, 0, Uint8Array.of(1)],
    [14, 1, 0, 0, 'x'.repeat(serviceMaxTextBytes + 1)],
    [14, 1, 0, 0, ...Array<string>(serviceMaxTexts + 1).fill('')],
    [15],
    [15, 1],
    [15, 2 ** 32, 0],
    [15, 1, 24],
    [15, 1, 0, 'x'],
    [15, 1, 0, ...Array<number>(serviceMaxResults + 1).fill(0)],
    ['x', 1, 0, 0],
  ];
  for (const items of others) {
    const bytes = encodeFlat(items);
    assert.ok(refusalOf(() => decodeServiceRequest(bytes)) !== undefined, `${items}`);
    assert.ok(refusalOf(() => decodeServiceAnswer(bytes)) !== undefined, `${items}`);
  }
});

test('whatever is read of altered bytes encodes to them again', () => {
  const below = createBelow(14);
  const request = encodeServiceRequest({ ...REQUEST, texts: ['lights', 'lighting', 'x'] });
  const answer = encodeServiceAnswer(ANSWER);
  let taken = 0;
  for (let round = 0; round < 2000; round++) {
    const bytes = (round % 2 === 0 ? request : answer).slice(0, below(60) + 1);
    bytes[below(bytes.length)]! ^= 1 << below(8);
    try {
      const again =
        round % 2 === 0
          ? encodeServiceRequest(decodeServiceRequest(bytes))
          : encodeServiceAnswer(decodeServiceAnswer(bytes));
      assert.equal(again, bytes);
      taken += 1;
    } catch (error) {
      assert.is((error as Error).constructor.name, 'Refusal', `${error}`);
    }
  }
  assert.ok(taken > 100, `${taken}`);
});

test.run();
