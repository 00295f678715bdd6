// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTimers, type TestTimers } from '../delivery/timers.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import { NodeLimits } from '../node-limits.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { createTestNetwork, type TestNetwork } from '../roles/network.testing.ts';
import { recover, values } from '../roles/scenario.testing.ts';
import { type KeptRelayQueue, openRelayQueue } from './relay-queue.ts';
import { scratchFolder } from './scratch.testing.ts';
import { openLmdbStore } from './store/lmdb.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';

const test = suite('relay queue');
const { relayMaxRecords, relayMaxBytes, relayMaxAllRecords } = NodeLimits;

interface Opened {
  readonly queue: KeptRelayQueue;
  readonly timers: TestTimers;
  readonly failed: string[];
  readonly dropped: string[];
}

async function open(store: KeyValueStore = createMemoryStore()): Promise<Opened> {
  const timers = createTimers();
  const failed: string[] = [];
  const dropped: string[] = [];
  const queue = await openRelayQueue({
    store,
    after: timers.after,
    onFailed: ({ message }) => failed.push(message),
    onDropped: (pneId, { reasonName }) => dropped.push(`${pneId} ${reasonName}`),
  });
  return { queue, timers, failed, dropped };
}

/** What a queue hands over, until nothing moves any more. */
function handedOver({ queue, timers }: Opened, rounds = 100): string[] {
  const handed: string[] = [];
  queue.forward((pneId, record) => handed.push(`${pneId} ${record[0]}`));
  for (let round = 0; round < rounds && timers.running.length > 0; round += 1) timers.fire();
  return handed;
}

function outcome(work: () => void): string {
  try {
    work();
    return 'taken';
  } catch (error) {
    return (error as Refusal).reasonName;
  }
}

/** A network with a queue at its gateway, connected, and the link to the server lost. */
async function away(): Promise<TestNetwork & { readonly opened: Opened }> {
  const opened = await open();
  const network = createTestNetwork({ gateway: { queue: opened.queue } });
  network.linkUp();
  network.settle();
  network.loseServerLink();
  return Object.assign(network, { opened });
}

/** The server's link is there again. */
function comeBack(network: TestNetwork, { timers }: Opened): void {
  network.replaceServerLink();
  for (let round = 0; round < 8; round += 1) {
    timers.fire();
    network.settle();
  }
}

test('what a PNE says while the server is away arrives when that is back, though the PNE is gone', async () => {
  const network = await away();
  for (const value of ['one', 'two', 'three']) network.pne.report(value);
  network.settle();
  assert.equal(values(network), []);
  network.linkDown();
  comeBack(network, network.opened);
  assert.equal(values(network), ['one', 'two', 'three']);
  assert.is(network.opened.queue.count, 0);
});

test('the PNE hears of it once it comes again, and nothing arrives twice', async () => {
  const network = await away();
  network.pne.report('one');
  network.settle();
  comeBack(network, network.opened);
  recover(network);
  assert.equal(values(network), ['one']);
  assert.equal(
    network.receipts.map((receipt) => receipt.outcome),
    ['accepted'],
  );
});

test('what waits outlasts the gateway, and is answered to no link that it has then', async () => {
  const store = createMemoryStore();
  const first = await open(store);
  const network = createTestNetwork({ gateway: { queue: first.queue } });
  network.linkUp();
  network.settle();
  network.loseServerLink();
  network.pne.report('one');
  network.settle();
  await first.queue.close();
  const second = await open(store);
  assert.is(second.queue.count, 1);
  network.restart('gateway');
  const flows: number[] = [];
  network.relay = (message, towards) => {
    if (towards === 'gateway') flows.push(decodeRoute(message).flow);
    return [message];
  };
  second.queue.forward((_pneId, record) => network.injectRelay(encodeRoute(9, record), 'server'));
  second.timers.fire();
  network.settle();
  assert.equal(values(network), ['one']);
  assert.equal(new Set(flows), new Set([9]));
});

test('without a server nobody connects, and who begins a handshake has to come again', async () => {
  const network = await away();
  assert.ok(network.isUp);
  network.fireTimers();
  for (let round = 0; round < 8 && network.isUp; round += 1) {
    network.pne.report(`${round}`);
    network.settle();
    network.fireTimers();
  }
  assert.not.ok(network.isUp, 'a PNE that misses its server renews its keys');
  network.linkUp();
  network.settle();
  assert.not.ok(network.isUp);
});

test('one PNE that floods is refused by name, and does not take the room of others', async () => {
  const { queue } = await open();
  const record = new Uint8Array(10);
  for (let count = 0; count < relayMaxRecords; count += 1) queue.add('flood', record);
  assert.is(
    outcome(() => queue.add('flood', record)),
    'queueFull',
  );
  assert.is(queue.count, relayMaxRecords);
  for (let other = 0; other < NodeLimits.gatewayMaxLinks - 1; other += 1)
    for (let count = 0; count < relayMaxRecords; count += 1) queue.add(`pne-${other}`, record);
  assert.is(queue.count, relayMaxAllRecords);
  assert.is(
    outcome(() => queue.add('late', record)),
    'queueFull',
  );
  assert.not.ok(queue.holds('late'));
});

test('bytes of one PNE are bounded too', async () => {
  const { queue } = await open();
  const record = new Uint8Array(ImplementationLimits.recordMaxMessageBytes);
  let taken = 0;
  while (outcome(() => queue.add('pne-1', record)) === 'taken') taken += 1;
  assert.is(taken, Math.floor(relayMaxBytes / record.length));
});

test('each PNE has its turn, and its records their order; what comes meanwhile goes behind', async () => {
  const opened = await open();
  const { queue } = opened;
  for (const number of [1, 2, 3]) queue.add('a', Uint8Array.of(number));
  queue.add('b', Uint8Array.of(1));
  const handed: string[] = [];
  queue.forward((pneId, record) => {
    handed.push(`${pneId} ${record[0]}`);
    if (handed.length === 2) queue.add('a', Uint8Array.of(4));
  });
  while (opened.timers.running.length > 0) opened.timers.fire();
  assert.equal(handed, ['a 1', 'b 1', 'a 2', 'a 3', 'a 4']);
});

test('a link that takes no more is waited for; what is refused otherwise is dropped, by name', async () => {
  const opened = await open();
  const { queue, timers, dropped } = opened;
  for (const number of [1, 2, 3]) queue.add('a', Uint8Array.of(number));
  let isFull = true;
  const handed: number[] = [];
  queue.forward((_pneId, record) => {
    if (isFull) refuse('queueFull');
    if (record[0] === 2) refuse('notAuthorized');
    handed.push(record[0]!);
  });
  timers.fire();
  assert.equal([queue.count, timers.running], [3, [NodeLimits.relayRetryMs]]);
  isFull = false;
  while (timers.running.length > 0) timers.fire();
  assert.equal([handed, dropped], [[1, 3], ['a notAuthorized']]);
});

test('a PNE whose grant is gone meanwhile has nothing passed on, and one that is withdrawn nothing kept', async () => {
  const network = await away();
  network.pne.report('one');
  network.settle();
  network.grants.gateway.revoke('pne-1', 1);
  comeBack(network, network.opened);
  assert.equal(network.opened.dropped, ['pne-1 notAuthorized']);
  assert.equal(values(network), []);
  network.opened.queue.add('pne-1', Uint8Array.of(1));
  network.gateway.expel('pne-1');
  assert.is(network.opened.queue.count, 0);
});

test('short of disk it keeps in memory what it can, and says so', async () => {
  const store = createMemoryStore();
  const full = { range: store.range.bind(store), commit: () => Promise.reject(new Error('full')) };
  const opened = await open(full as unknown as KeyValueStore);
  opened.queue.add('a', Uint8Array.of(1));
  await opened.queue.close();
  assert.equal(opened.failed, ['full']);
  assert.equal(handedOver(opened), ['a 1']);
});

test('a row that is none of its own goes', async () => {
  const store = createMemoryStore();
  await store.commit({ puts: [{ key: Uint8Array.of(0x6d, 3, 1), value: Uint8Array.of(1) }] });
  const { queue } = await open(store);
  await queue.close();
  assert.is(queue.count, 0);
  assert.equal(await store.range(Uint8Array.of(0x6d), 1), []);
});

test('what was written when the process is killed is there, once and in order', async () => {
  const folder = scratchFolder();
  const program = `
    import { openRelayQueue } from './src/node/relay-queue.ts';
    import { openLmdbStore } from './src/node/store/lmdb.ts';
    const queue = await openRelayQueue({ store: openLmdbStore(process.argv[1]), onFailed() {}, onDropped() {} });
    for (let n = 0; n < 40; n += 1) {
      queue.add('pne-' + (n % 2), Uint8Array.of(n));
      if (n === 29) await queue.close();
    }
    process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync('node', ['--import', 'tsx', '--input-type=module', '-e', program, folder]);
  assert.is(signal, 'SIGKILL');
  const store = openLmdbStore(folder);
  const handed = handedOver(await open(store));
  await store.close();
  const numbersOf = (name: string) =>
    handed.filter((each) => each.startsWith(name)).map((each) => Number(each.split(' ')[1]));
  for (const [index, name] of ['pne-0', 'pne-1'].entries()) {
    const numbers = numbersOf(name);
    assert.ok(numbers.length >= 15);
    assert.equal(
      numbers,
      numbers.map((_, at) => 2 * at + index),
    );
  }
});

test('a gateway has as many links as it is told, and the first that proves nothing makes room', () => {
  const network = createTestNetwork({ gateway: { maxPnes: 2 } });
  const closed: number[] = [];
  const attach = (number: number) =>
    network.gateway.attachPne({
      send(): void {},
      attestation: () => ({ kind: 'plain' }) as never,
      close: () => closed.push(number),
    });
  for (const number of [1, 2, 3]) attach(number);
  assert.equal(closed, [1]);
});

test.run();
