// SPDX-License-Identifier: Apache-2.0

/** What a gateway is told to ask for: once each, in order, while somebody waits for it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../node-limits.ts';
import { Refusal } from '../refusal.ts';
import type { Wish } from '../roles/service-message.ts';
import { listNetworks, releaseNetwork, setUpNetwork } from '../roles/service-wishes.ts';
import { until } from './listener.testing.ts';
import { cancelOrder, type OrderAnswer, openOrders, placeOrder, takeAnswer } from './orders.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';
import { after } from './timer.ts';

const test = suite('orders');
const NOW = 1_000_000;
const ORDERS = Uint8Array.of(0x50);
const ANSWERS = Uint8Array.of(0x51);

async function opened(store: KeyValueStore, answer: (wish: Wish) => OrderAnswer | Promise<OrderAnswer>) {
  const state = { now: NOW, asked: [] as Wish[], failures: 0 };
  const orders = await openOrders({
    store,
    now: () => state.now,
    async ask(wish): Promise<OrderAnswer> {
      state.asked.push(wish);
      return answer(wish);
    },
    onFailed: () => {
      state.failures += 1;
    },
    after: (_milliseconds, work) => after(0, work),
  });
  return Object.assign(state, orders);
}

async function answered(store: KeyValueStore, number: number) {
  let taken = await takeAnswer(store, number);
  for (let tries = 0; taken === undefined && tries < 500; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    taken = await takeAnswer(store, number);
  }
  return taken;
}

const OK: OrderAnswer = Object.freeze({ status: 0, results: [3, Uint8Array.of(1)] });

test('what is ordered is asked in order, and its answer is there once', async () => {
  const store = createMemoryStore();
  const first = await placeOrder(store, setUpNetwork('hall', ['pne-1']), NOW);
  const state = await opened(store, ({ operation }) => (operation === 4 ? OK : undefined));
  const second = await placeOrder(store, listNetworks(), NOW);
  assert.equal([first, second], [1, 2]);
  assert.equal(await answered(store, first), { answer: OK });
  assert.equal(await answered(store, second), { answer: undefined });
  assert.equal(state.asked, [setUpNetwork('hall', ['pne-1']), listNetworks()]);
  assert.is(await takeAnswer(store, first), undefined);
  assert.equal([await store.range(ORDERS, 9), await store.range(ANSWERS, 9)], [[], []]);
  state.close();
});

test('two that are placed at once have numbers of their own', async () => {
  const store = createMemoryStore();
  const numbers = await Promise.all([1, 3, 5].map((pn) => placeOrder(store, releaseNetwork(pn), NOW)));
  assert.equal([...numbers].sort(), [1, 2, 3]);
});

test('what nobody waits for any more is not asked, and its answer is not kept', async () => {
  const store = createMemoryStore();
  await placeOrder(store, releaseNetwork(1), NOW - NodeLimits.orderSeconds);
  const cancelled = await placeOrder(store, releaseNetwork(3), NOW);
  await cancelOrder(store, cancelled);
  const state = await opened(store, () => OK);
  assert.equal([state.asked, await store.range(ORDERS, 9)], [[], []]);
  const number = await placeOrder(store, releaseNetwork(5), NOW);
  await until(() => state.asked.length === 1, 'it is asked');
  state.now += NodeLimits.orderSeconds;
  await placeOrder(store, releaseNetwork(7), NOW + 2 * NodeLimits.orderSeconds);
  await until(() => state.asked.length === 2, 'the next');
  assert.is(await takeAnswer(store, number), undefined);
  state.close();
});

test('an answer to what was taken back meanwhile is dropped', async () => {
  const store = createMemoryStore();
  let answer: (given: OrderAnswer) => void = () => undefined;
  const number = await placeOrder(store, releaseNetwork(1), NOW);
  const opening = opened(
    store,
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  await cancelOrder(store, number);
  answer(OK);
  (await opening).close();
  assert.equal(await store.range(ANSWERS, 9), []);
});

test('too many are refused, and change nothing', async () => {
  const store = createMemoryStore();
  for (let count = 0; count < NodeLimits.gatewayMaxOrders; count++)
    await placeOrder(store, releaseNetwork(1), NOW);
  const error = await placeOrder(store, releaseNetwork(1), NOW).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof Refusal && error.reasonName === 'queueFull');
  assert.is((await store.range(ORDERS, 99)).length, NodeLimits.gatewayMaxOrders);
});

test('an order that cannot be read is said, and asks for nothing', async () => {
  const store = createMemoryStore();
  const state = await opened(store, () => OK);
  await store.commit({
    puts: [{ key: Uint8Array.of(0x50, 0, 0, 9), value: Uint8Array.of(0x81, 0x1a, 0xff, 0xff, 0xff, 0xff) }],
  });
  await placeOrder(store, releaseNetwork(1), NOW);
  await until(() => state.failures > 0, 'the failure');
  assert.is(state.asked.length, 1);
  state.close();
});

test.run();
