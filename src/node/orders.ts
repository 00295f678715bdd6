// SPDX-License-Identifier: Apache-2.0

/**
 * What a gateway that runs is to ask its server for, as whoever administers it says in another process, and how it was
 * answered, over the key-value contract:
 *
 *     key = 'P' number    order = [until: uint, operation: uint, number: uint, * text: tstr]
 *     key = 'Q' number    answer = [until: uint, ? (status: uint, * (uint / bstr))]    ; no status: there was none
 *     key = 'R'           the highest number so far; its version is new with each order
 *
 * The number of an order has 3 bytes. A row counts until its time, in seconds since 1970: what nobody waits for any
 * more is not asked. One that was asked by a gateway that ended then is asked again: a wish that is repeated changes
 * nothing more.
 */
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import type { ServiceAnswer, ServiceResult, Wish } from '../roles/service-message.ts';
import { numberedKey, numberInKey } from './numbered-key.ts';
import { follow } from './store/following.ts';
import { type Entry, entriesUnder, type KeyValueStore } from './store/store.ts';

const ORDERS = Uint8Array.of(0x50);
const ANSWERS = Uint8Array.of(0x51);
const EDITION = Uint8Array.of(0x52);

/** Undefined: the server has not answered, and whether it has done it is not known. */
export type OrderAnswer = Pick<ServiceAnswer, 'status' | 'results'> | undefined;

/** Returns the number of the order. `now`: seconds since 1970. Refuses `queueFull` where too many wait. */
export async function placeOrder(store: KeyValueStore, wish: Wish, now: number): Promise<number> {
  const edition = await store.get(EDITION);
  const waiting = await store.range(ORDERS, NodeLimits.gatewayMaxOrders);
  if (waiting.length >= NodeLimits.gatewayMaxOrders) refuse('queueFull');
  const number = (edition === undefined ? 0 : numberIn(edition)) + 1;
  const { operation, texts } = wish;
  const value = encodeFlat([now + NodeLimits.orderSeconds, operation, wish.number, ...texts]);
  const version = await store.commit({
    expected: [{ key: EDITION, version: edition?.version }],
    puts: [
      { key: numberedKey(ORDERS, number), value },
      { key: EDITION, value: encodeFlat([number]) },
    ],
  });
  return version === undefined ? placeOrder(store, wish, now) : number;
}

/** Returns its answer, which is not kept any longer; nothing while there is none. */
export async function takeAnswer(
  store: KeyValueStore,
  number: number,
): Promise<{ readonly answer: OrderAnswer } | undefined> {
  const key = numberedKey(ANSWERS, number);
  const entry = await store.get(key);
  if (entry === undefined) return undefined;
  await store.commit({ deletes: [key], puts: [] });
  return { answer: readAnswer(entry) };
}

/** Nobody waits for it any more. What is asked already may be done all the same. */
export async function cancelOrder(store: KeyValueStore, number: number): Promise<void> {
  await store.commit({ deletes: [numberedKey(ORDERS, number), numberedKey(ANSWERS, number)], puts: [] });
}

export interface OrdersOptions {
  readonly store: KeyValueStore;
  /** Seconds since 1970. */
  now(): number;
  ask(wish: Wish): Promise<OrderAnswer>;
  /** What is ordered cannot be read, or an answer not be stored. It is tried again. */
  onFailed(error: Error): void;
  readonly after?: After;
}

/** Asks what is ordered, one after the other. */
export async function openOrders(options: OrdersOptions): Promise<{ close(): void }> {
  const { store, onFailed, after } = options;
  return follow({
    ...{ store, edition: EDITION, onFailed, ...(after !== undefined && { after }) },
    async read(): Promise<void> {
      for await (const entry of entriesUnder(store, ANSWERS))
        if (isOver(options, entry)) await remove(store, entry);
      for await (const entry of entriesUnder(store, ORDERS)) await carryOut(options, entry);
    },
  });
}

async function carryOut(options: OrdersOptions, entry: Entry): Promise<void> {
  const { store, ask } = options;
  if (isOver(options, entry)) return remove(store, entry);
  const { until, order, wish } = readOrder(entry);
  const answer = await ask(wish);
  const items = answer === undefined ? [] : [answer.status, ...answer.results];
  await store.commit({
    // Unless nobody waits for it any more.
    expected: [{ key: entry.key, version: entry.version }],
    deletes: [entry.key],
    puts: [{ key: numberedKey(ANSWERS, order), value: encodeFlat([until, ...items]) }],
  });
}

async function remove(store: KeyValueStore, { key, version }: Entry): Promise<void> {
  await store.commit({ expected: [{ key, version }], deletes: [key], puts: [] });
}

function isOver({ now }: OrdersOptions, entry: Entry): boolean {
  return numberIn(entry) <= now();
}

function readOrder({ key, value }: Entry) {
  const [until, operation, number, ...texts] = decodeFlat(value);
  const isRead = [until, operation, number].every((item) => typeof item === 'number');
  if (!isRead || !texts.every((text) => typeof text === 'string')) refuse('recordInvalid');
  const wish = { operation, number, texts } as Wish;
  return { until: until as number, order: numberInKey(key), wish };
}

function readAnswer({ value }: Entry): OrderAnswer {
  const [, status, ...results] = decodeFlat(value);
  if (status === undefined) return undefined;
  const isResult = (item: FlatItem): item is ServiceResult => typeof item !== 'string';
  if (typeof status !== 'number' || !results.every(isResult)) return refuse('recordInvalid');
  return { status, results };
}

function numberIn({ value }: Entry): number {
  const [number] = decodeFlat(value);
  return typeof number === 'number' ? number : refuse('recordInvalid');
}
