// SPDX-License-Identifier: Apache-2.0

/** What a server keeps for external entities: in the commit that takes a reading, bounded, until it is forgotten. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../node-limits.ts';
import type { KeptForEntity } from '../roles/entity-store.ts';
import { NEW_PEER } from '../roles/peer-record.ts';
import { numberDevice, openDeviceNumbers, readNumbers } from './device-numbers.ts';
import { EntityReadings } from './entity-readings.ts';
import { until } from './listener.testing.ts';
import { openServerStore, type PersistentServerStore } from './server-store.ts';
import { createMemoryStore } from './store/memory.ts';
import type { Expectation, KeyValueStore } from './store/store.ts';

const test = suite('entity readings');

interface Open {
  readonly store: KeyValueStore;
  readonly readings: EntityReadings;
  readonly serverStore: PersistentServerStore;
  readonly failures: Error[];
  readers: string[];
  now: number;
  kept: number;
  expected: readonly Expectation[];
}

async function open({
  maxKept = 100,
  keepsCopied = false,
  maxReadings = 100,
  store = createMemoryStore(),
} = {}) {
  const failures: Error[] = [];
  const readings = new EntityReadings({
    ...{ store, maxKept },
    now: () => state.now,
    readersOf: () => state.readers,
    expected: () => state.expected,
    onKept: () => {
      state.kept += 1;
    },
    onFailed: (_entity, error) => void failures.push(error),
  });
  const serverStore = await openServerStore({
    ...{ store, maxReadings, keepsCopied },
    copies: (pneId, each, arrived) => readings.copy(pneId, each, arrived),
    now: () => state.now,
    onFailed: (_pne, error) => void failures.push(error),
    onReadings(): void {},
  });
  const state: Open = {
    ...{ store, readings, serverStore, failures },
    readers: ['a', 'b'],
    expected: [],
    now: 1000,
    kept: 0,
  };
  return state;
}

const payload = Uint8Array.of(0xa0);

function commit({ serverStore }: Open, pneId: string, ...ids: number[]): Promise<boolean> {
  const readings = ids.map((id) => ({ id, payload, value: {} }));
  return new Promise((resolve) =>
    serverStore.load(
      pneId,
      (record = NEW_PEER) => serverStore.commit(pneId, record, readings, resolve),
      () => resolve(false),
    ),
  );
}

function first({ readings }: Open, entity: string, limit = 1000): Promise<readonly KeptForEntity[]> {
  return new Promise((resolve, reject) =>
    readings.first(entity, limit, resolve, () => reject(new Error('failed'))),
  );
}

function forget({ readings }: Open, entity: string, kept: readonly KeptForEntity[]): Promise<boolean> {
  return new Promise((resolve) => readings.forget(entity, kept, resolve));
}

async function idsOf(state: Open, entity: string): Promise<unknown[]> {
  const kept = await first(state, entity);
  return kept.map(({ reading, dropped }) =>
    reading === undefined
      ? [dropped!.count, dropped!.first, dropped!.last]
      : `${reading.pneId} ${reading.id}`,
  );
}

test('a reading is kept for each that may read it, in the order in which they came, until it is forgotten', async () => {
  const state = await open();
  assert.ok(await commit(state, 'pne-2', 7));
  state.now += 1;
  assert.ok(await commit(state, 'pne-1', 3, 4));
  assert.equal(await idsOf(state, 'a'), ['pne-2 7', 'pne-1 3', 'pne-1 4']);
  const [oldest] = await first(state, 'a', 1);
  assert.equal(oldest!.reading, { pneId: 'pne-2', id: 7, arrived: 1000, payload });
  assert.ok(await forget(state, 'a', [oldest!]));
  assert.equal(await idsOf(state, 'a'), ['pne-1 3', 'pne-1 4']);
  assert.equal(await idsOf(state, 'b'), ['pne-2 7', 'pne-1 3', 'pne-1 4']);
  assert.is(state.kept, 2);
});

test('what was decided by an answer that is taken back meanwhile is kept for nobody, and not confirmed', async () => {
  const state = await open();
  const key = Uint8Array.of(1);
  state.expected = [{ key, version: undefined }];
  assert.ok(await commit(state, 'pne-1', 1));
  await state.store.commit({ puts: [{ key, value: payload }] });
  assert.not.ok(await commit(state, 'pne-1', 2));
  assert.equal([await idsOf(state, 'a'), state.kept], [['pne-1 1'], 1]);
});

test('whose name begins with that of another gets nothing of it', async () => {
  const state = await open();
  state.readers = ['ab'];
  await commit(state, 'pne-1', 0);
  assert.equal([await idsOf(state, 'a'), await idsOf(state, 'ab')], [[], ['pne-1 0']]);
});

test('the server keeps what nobody has a copy of, and all of it where it writes a file', async () => {
  const state = await open();
  await commit(state, 'pne-1', 0);
  assert.is(state.serverStore.count, 0);
  state.readers = [];
  await commit(state, 'pne-1', 1);
  assert.is(state.serverStore.count, 1);
  const writing = await open({ keepsCopied: true });
  await commit(writing, 'pne-1', 0);
  assert.equal([writing.serverStore.count, await idsOf(writing, 'a')], [1, ['pne-1 0']]);
});

test('a commit that does not take place keeps nothing for anybody', async () => {
  const state = await open({ keepsCopied: true, maxReadings: 1 });
  assert.not.ok(await commit(state, 'pne-1', 0, 1));
  assert.equal([await idsOf(state, 'a'), state.kept, state.failures.length], [[], 0, 1]);
  assert.ok(await commit(state, 'pne-1', 0));
  assert.equal(await idsOf(state, 'a'), ['pne-1 0']);
});

test('a reading is stored only where what it was decided by is so still, however long its copies take', async () => {
  const store = createMemoryStore();
  const grant = Uint8Array.of(0x67);
  let version = await store.commit({ puts: [{ key: grant, value: payload }] });
  let release = (): void => {};
  const copied = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined);
  });
  const serverStore = await openServerStore({
    ...{ store, maxReadings: 10, now: () => 0 },
    expected: () => [{ key: grant, version }],
    copies: () => copied,
    onFailed: (_pne, error) => assert.unreachable(error.message),
    onReadings(): void {},
  });
  const committing = commit({ serverStore } as Open, 'pne-1', 0);
  await new Promise((resolve) => setImmediate(resolve));
  version = await store.commit({ puts: [{ key: grant, value: payload }] });
  release();
  assert.is(await committing, false);
  assert.is(serverStore.count, 0);
});

test('what is too much for one entity is named to it, and comes to the others', async () => {
  const state = await open({ maxKept: 2 });
  await commit(state, 'pne-1', 0, 1);
  for (const each of await first(state, 'b')) await forget(state, 'b', [each]);
  await commit(state, 'pne-1', 2);
  await commit(state, 'pne-1', 4, 3);
  await commit(state, 'pne-2', 9);
  assert.equal(await idsOf(state, 'a'), [[3, 2, 4], [1, 9, 9], 'pne-1 0', 'pne-1 1']);
  assert.equal(await idsOf(state, 'b'), [[2, 3, 4], 'pne-1 2', 'pne-2 9']);
  const all = await first(state, 'a');
  await commit(state, 'pne-1', 5);
  assert.ok(await forget(state, 'a', all));
  assert.equal(
    await idsOf(state, 'a'),
    [
      [4, 2, 5],
      [1, 9, 9],
    ],
    'what has grown meanwhile is told again',
  );
  assert.ok(await forget(state, 'a', await first(state, 'a')));
  await commit(state, 'pne-1', 6);
  assert.equal(await idsOf(state, 'a'), ['pne-1 6']);
});

test('what another process has forgotten is counted, though not each time', async () => {
  const state = await open({ maxKept: 1 });
  state.readers = ['a'];
  await commit(state, 'pne-1', 0);
  const other = await open({ store: state.store });
  await forget(other, 'a', await first(other, 'a'));
  await commit(state, 'pne-1', 1);
  assert.equal(await idsOf(state, 'a'), [[1, 1, 1]]);
  state.now += NodeLimits.entityRecountMs;
  await commit(state, 'pne-1', 2);
  assert.equal(await idsOf(state, 'a'), [[1, 1, 1], 'pne-1 2']);
});

test('what was kept for those that are gone goes', async () => {
  const state = await open({ maxKept: 1 });
  await commit(state, 'pne-1', 0);
  await commit(state, 'pne-1', 1);
  await state.readings.keepFor(['b']);
  assert.equal([await idsOf(state, 'a'), await idsOf(state, 'b')], [[], [[1, 1, 1], 'pne-1 0']]);
});

test('a store that fails is told of, and nothing is said to be forgotten', async () => {
  const store = createMemoryStore();
  const state = await open({ store });
  await commit(state, 'pne-1', 0);
  const kept = await first(state, 'a');
  store.commit = () => Promise.reject(new Error('no space'));
  assert.not.ok(await forget(state, 'a', kept));
  store.range = () => Promise.reject(new Error('no disk'));
  await first(state, 'a').then(
    () => assert.unreachable(),
    () => {},
  );
  assert.equal(
    state.failures.map(({ message }) => message),
    ['no space', 'no disk'],
  );
});

test('a device has one number for good, and processes that give some at once give none twice', async () => {
  const store = createMemoryStore();
  const numbers = await openDeviceNumbers(store, (error) => assert.unreachable(error.message));
  const names = ['a', 'b', 'c', 'a', 'b', 'c'];
  const given = await Promise.all(names.map((name) => numberDevice(store, name)));
  assert.equal(given.slice(3), given.slice(0, 3));
  assert.equal([...new Set(given)].sort(), [1, 2, 3]);
  assert.equal((await readNumbers(store)).get('b'), given[1]);
  await until(() => numbers.numberOf('c') === given[2], 'its number');
  assert.is(numbers.numberOf('d'), undefined);
  numbers.close();
});

test.run();
