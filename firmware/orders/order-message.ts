// SPDX-License-Identifier: Apache-2.0

/**
 * What the user of a simulated board has it do, on the link that brings its readings, beside the messages of
 * firmware/sensors/sensor-message.ts:
 *
 *     host -> board   order = [4, number: 1.., kind: uint, * (uint / tstr)]
 *
 *     kind  0  a wish                 operation: uint, number: uint, * tstr       ; of src/roles/service-message.ts
 *           1  join a group or PN     reference: 1..
 *           2  leave it               reference: 1..
 *           3  answer a question      question: 1.., word: 0 / 1, seconds: uint   ; of src/roles/consent-message.ts
 *           4  how open contents are  word: 0 / 1 / 2                             ; the same
 *
 * Each is answered once, by its number (news-message.ts).
 */
import { encodeFlat, type FlatItem } from '../../src/cbor/flat.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { refuse } from '../../src/refusal.ts';
import { MAX_CONSENT_SECONDS } from '../../src/roles/consent-message.ts';
import { numberOf } from '../../src/roles/key-message.ts';
import type { Wish } from '../../src/roles/service-message.ts';

export const ORDER = 4;

export const OrderKind = Object.freeze({ wish: 0, join: 1, leave: 2, consent: 3, openness: 4 } as const);

export type Order =
  | ({ readonly kind: typeof OrderKind.wish } & Wish)
  | { readonly kind: typeof OrderKind.join | typeof OrderKind.leave; readonly reference: number }
  | {
      readonly kind: typeof OrderKind.consent;
      readonly question: number;
      readonly word: number;
      readonly seconds: number;
    }
  | { readonly kind: typeof OrderKind.openness; readonly word: number };

const { maxGroupReference, serviceMaxTexts } = ImplementationLimits;
export const MAX_ORDER_NUMBER = 0xffffffff;
const MAX_KIND = 4;
const MAX_OPERATION = 23;
const MAX_OPENNESS = 2;

/** Whether a message of the link is an order, whatever is in it: the head of one has one byte. */
export function isOrder(bytes: Uint8Array): boolean {
  return bytes[1] === ORDER;
}

export function encodeOrder(number: number, order: Order): Uint8Array {
  return encodeFlat([ORDER, number, order.kind, ...fieldsOf(order)]);
}

function fieldsOf(order: Order): FlatItem[] {
  switch (order.kind) {
    case OrderKind.wish:
      return [order.operation, order.number, ...order.texts];
    case OrderKind.consent:
      return [order.question, order.word, order.seconds];
    case OrderKind.openness:
      return [order.word];
    default:
      return [order.reference];
  }
}

/** The number of what is to be an order, of its items; 0 where it has none that can be answered by. */
export function orderNumber([, number]: readonly FlatItem[]): number {
  return typeof number === 'number' && number <= MAX_ORDER_NUMBER ? number : 0;
}

/** Refuses `messageInvalid` items that are not exactly one. Whether it is of any use the PNE and its server decide. */
export function orderIn([type, number, kind, ...fields]: readonly FlatItem[]): Order {
  if (type !== ORDER) refuse('messageInvalid');
  positive(number, MAX_ORDER_NUMBER);
  switch (numberOf(kind, MAX_KIND)) {
    case OrderKind.wish:
      return readWish(fields);
    case OrderKind.consent:
      return readConsent(fields);
    case OrderKind.openness:
      return { kind: OrderKind.openness, word: numberOf(only(fields), MAX_OPENNESS) };
    case OrderKind.join:
      return { kind: OrderKind.join, reference: positive(only(fields), maxGroupReference) };
    default:
      return { kind: OrderKind.leave, reference: positive(only(fields), maxGroupReference) };
  }
}

function readWish([operation, number, ...texts]: readonly FlatItem[]): Order {
  if (texts.length > serviceMaxTexts) refuse('messageInvalid');
  return {
    kind: OrderKind.wish,
    operation: numberOf(operation, MAX_OPERATION),
    number: numberOf(number, maxGroupReference),
    texts: texts.map((text) => (typeof text === 'string' ? text : refuse('messageInvalid'))),
  };
}

function readConsent([question, word, seconds, ...more]: readonly FlatItem[]): Order {
  if (more.length > 0) refuse('messageInvalid');
  return {
    kind: OrderKind.consent,
    question: positive(question, Number.MAX_SAFE_INTEGER),
    word: numberOf(word, 1),
    seconds: numberOf(seconds, MAX_CONSENT_SECONDS),
  };
}

function only(fields: readonly FlatItem[]): FlatItem | undefined {
  return fields.length === 1 ? fields[0] : refuse('messageInvalid');
}

function positive(item: FlatItem | undefined, most: number): number {
  return numberOf(item, most) || refuse('messageInvalid');
}
