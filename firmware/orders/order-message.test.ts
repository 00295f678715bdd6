// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeFlat, encodeFlat, type FlatItem } from '../../src/cbor/flat.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { Refusal } from '../../src/refusal.ts';
import { encodeOrder, isOrder, type Order, OrderKind, orderIn, orderNumber } from './order-message.ts';

const { maxGroupReference, serviceMaxTexts, serviceMaxTextBytes, pneMaxMessageBytes } = ImplementationLimits;
const test = suite('order-message');

const ORDERS: readonly Order[] = [
  { kind: OrderKind.wish, operation: 1, number: 0, texts: [] },
  { kind: OrderKind.wish, operation: 0, number: 1, texts: ['lights', 'lighting'] },
  { kind: OrderKind.join, reference: maxGroupReference },
  { kind: OrderKind.leave, reference: 1 },
  { kind: OrderKind.consent, question: 7, word: 1, seconds: 31_536_000 },
  { kind: OrderKind.openness, word: 2 },
];

test('each order is read as it was written, under its number', () => {
  for (const order of ORDERS) {
    const bytes = encodeOrder(5, order);
    assert.ok(isOrder(bytes));
    const items = decodeFlat(bytes);
    assert.is(orderNumber(items), 5);
    assert.equal(orderIn(items), order);
  }
});

test('the longest wish fits into what a PNE takes of its host, under a head of one byte', () => {
  const texts = Array<string>(serviceMaxTexts).fill('x'.repeat(serviceMaxTextBytes));
  const bytes = encodeOrder(0xffffffff, {
    kind: OrderKind.wish,
    operation: 23,
    number: maxGroupReference,
    texts,
  });
  assert.ok(bytes.length <= pneMaxMessageBytes);
  assert.ok(isOrder(bytes));
});

const INVALID: readonly (readonly [string, readonly FlatItem[]])[] = [
  ['nothing behind the type', [4]],
  ['another type', [3, 1, 1, 2]],
  ['number 0', [4, 0, 1, 2]],
  ['a number past 32 bits', [4, 0x100000000, 1, 2]],
  ['a number that is a text', [4, 'one', 1, 2]],
  ['an unknown kind', [4, 1, 5, 2]],
  ['a wish without its number', [4, 1, 0, 1]],
  ['a wish of an operation that no message has', [4, 1, 0, 24, 0]],
  ['a wish with bytes for a text', [4, 1, 0, 0, 0, Uint8Array.of(1)]],
  ['a wish with a number for a text', [4, 1, 0, 0, 0, 7]],
  ['a wish with too many texts', [4, 1, 0, 4, 2, ...Array<string>(serviceMaxTexts + 1).fill('')]],
  ['joining no group', [4, 1, 1]],
  ['joining what is no group', [4, 1, 1, 0]],
  ['joining beyond the last', [4, 1, 1, maxGroupReference + 1]],
  ['leaving two', [4, 1, 2, 2, 4]],
  ['an answer to no question', [4, 1, 3, 0, 1, 0]],
  ['an answer of a third word', [4, 1, 3, 1, 2, 0]],
  ['an answer for more than a year', [4, 1, 3, 1, 1, 31_536_001]],
  ['an answer with more in it', [4, 1, 3, 1, 1, 0, 0]],
  ['an answer without its time', [4, 1, 3, 1, 1]],
  ['a fourth openness', [4, 1, 4, 3]],
];

for (const [name, items] of INVALID) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => orderIn(decodeFlat(encodeFlat(items))),
      (error: unknown) => error instanceof Refusal && error.reasonName === 'messageInvalid',
    );
  });
}

test('what has no number that fits is answered by 0', () => {
  for (const items of [[], [4], [4, 'one'], [4, 0x100000000]]) assert.is(orderNumber(items), 0);
});

test.run();
