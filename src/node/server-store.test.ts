// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { NEW_PEER, type PeerRecord, withContent } from '../roles/peer-record.ts';
import type { Reading } from '../roles/server-store.ts';
import { openServerStore, type PersistentServerStore } from './server-store.ts';
import { createMemoryStore } from './store/memory.ts';
import type { Expectation, KeyValueStore } from './store/store.ts';

const test = suite('server store');
const RECORD = withContent({ ...NEW_PEER, received: { highest: -1, seen: 0 } }, Uint8Array.of(1));

interface Opened {
  readonly server: PersistentServerStore;
  readonly failed: string[];
  told: number;
}

async function open(
  store: KeyValueStore = createMemoryStore(),
  maxReadings = 100,
  expected?: () => readonly Expectation[],
): Promise<Opened> {
  const failed: string[] = [];
  const opened = { failed, told: 0 };
  const server = await openServerStore({
    store,
    maxReadings,
    ...(expected !== undefined && { expected }),
    now: () => 1_700_000_000_123,
    onFailed: (pneId, error) => failed.push(`${pneId}: ${error.message}`),
    onReadings: () => {
      opened.told += 1;
    },
  });
  return Object.assign(opened, { server });
}

function load(server: PersistentServerStore, pneId: string): Promise<PeerRecord | 'failed' | undefined> {
  return new Promise((resolve) => server.load(pneId, resolve, () => resolve('failed')));
}

function commit(server: PersistentServerStore, pneId: string, record: PeerRecord, ...readings: Reading[]) {
  return new Promise<boolean>((resolve) => server.commit(pneId, record, readings, resolve));
}

function reading(id: number, byte = 0): Reading {
  return { id, payload: Uint8Array.of(byte), value: byte };
}

async function kept(server: PersistentServerStore): Promise<string[]> {
  return (await server.first(1000)).map(({ pneId, id, payload }) => `${pneId} ${id} ${payload}`);
}

test('a record is there for whoever opens the store later', async () => {
  const store = createMemoryStore();
  const { server } = await open(store);
  assert.is(await load(server, 'a'), undefined);
  assert.ok(await commit(server, 'a', RECORD));
  const { server: later } = await open(store);
  assert.equal(await load(later, 'a'), RECORD);
  assert.is(await load(later, 'b'), undefined);
});

test('nothing is stored that was decided by what somebody else has changed since', async () => {
  const store = createMemoryStore();
  const key = Uint8Array.of(1);
  let version = await store.commit({ puts: [{ key, value: key }] });
  const { server } = await open(store, 100, () => [{ key, version }]);
  await load(server, 'a');
  assert.ok(await commit(server, 'a', RECORD, reading(1)));
  const changed = await store.commit({ puts: [{ key, value: key }] });
  await load(server, 'a');
  assert.not.ok(await commit(server, 'a', RECORD, reading(2)));
  assert.equal(await kept(server), ['a 1 0']);
  version = changed;
  assert.ok(await commit(server, 'a', RECORD, reading(2)));
});

test('readings are kept in their order, with the time of their arrival, until they are forgotten', async () => {
  const store = createMemoryStore();
  const { server } = await open(store);
  const large = 2 ** 52 + 1;
  assert.ok(await commit(server, 'a', RECORD, reading(300, 2), reading(large, 3), reading(2, 1)));
  assert.ok(await commit(server, 'é\0', RECORD, reading(7)));
  assert.equal(await kept(server), ['a 2 1', 'a 300 2', `a ${large} 3`, 'é\0 7 0']);
  const first = await server.first(2);
  assert.is(first[0]!.arrived.toISOString(), '2023-11-14T22:13:20.123Z');
  await server.forget(first);
  assert.equal(await kept(server), [`a ${large} 3`, 'é\0 7 0']);
  assert.equal([server.count, (await open(store)).server.count], [2, 2]);
});

test('a reading that is committed once more is the same row', async () => {
  const { server } = await open();
  assert.ok(await commit(server, 'a', RECORD, reading(1, 1)));
  assert.ok(await commit(server, 'a', RECORD, reading(1, 1)));
  assert.equal(await kept(server), ['a 1 1']);
});

test('of two servers on one store, the one whose record is out of date commits nothing until it has loaded', async () => {
  const store = createMemoryStore();
  const one = (await open(store)).server;
  const other = (await open(store)).server;
  await load(one, 'a');
  await load(other, 'a');
  assert.ok(await commit(one, 'a', RECORD, reading(1)));
  assert.is(await commit(other, 'a', RECORD, reading(2)), false);
  assert.equal(await kept(other), ['a 1 0']);
  assert.equal(await load(other, 'a'), RECORD);
  assert.ok(await commit(other, 'a', RECORD, reading(2)));
  assert.is(await commit(one, 'a', RECORD, reading(3)), false);
  assert.equal([one.count, await kept(one)], [1, ['a 1 0', 'a 2 0']]);
});

test('what is loaded is what a commit under way has come to', async () => {
  const { server } = await open();
  await load(server, 'a');
  const committing = commit(server, 'a', RECORD);
  assert.equal(await load(server, 'a'), RECORD);
  assert.ok(await committing);
});

test('past the bound no reading is taken, and none is thrown away; the record alone is', async () => {
  const { server, failed } = await open(createMemoryStore(), 2);
  assert.ok(await commit(server, 'a', RECORD, reading(1), reading(2)));
  assert.is(await commit(server, 'a', NEW_PEER, reading(3)), false);
  assert.match(failed[0]!, /^a: queueFull/);
  assert.equal(await load(server, 'a'), RECORD);
  assert.ok(await commit(server, 'a', NEW_PEER));
  await server.forget(await server.first(1));
  assert.ok(await commit(server, 'a', NEW_PEER, reading(3)));
  assert.is(server.count, 2);
});

test('a store that fails is reported, and nothing is said to be stored', async () => {
  const memory = createMemoryStore();
  let isFailing = true;
  const guard = <T>(work: () => Promise<T>) => (isFailing ? Promise.reject(new Error('no disk')) : work());
  const { server, failed, ...opened } = await open({
    ...memory,
    range: (...args) => memory.range(...args),
    get: (key) => guard(() => memory.get(key)),
    commit: (changes) => guard(() => memory.commit(changes)),
  });
  assert.is(await load(server, 'a'), 'failed');
  assert.is(await commit(server, 'a', RECORD, reading(1)), false);
  assert.equal(failed, ['a: no disk', 'a: no disk']);
  assert.equal([server.count, opened.told], [0, 0]);
  isFailing = false;
  assert.ok(await commit(server, 'a', RECORD, reading(1)));
  assert.is(server.count, 1);
});

test('a record that was damaged is not taken for none', async () => {
  const store = createMemoryStore();
  const { server, failed } = await open(store);
  await store.commit({ puts: [{ key: encodeUtf8('pa'), value: Uint8Array.of(0xff) }] });
  assert.is(await load(server, 'a'), 'failed');
  assert.is(failed.length, 1);
});

test('a name that is too long for a key is refused', async () => {
  const { server } = await open();
  assert.is(await commit(server, 'x'.repeat(129), RECORD, reading(1)), false);
});

test.run();
