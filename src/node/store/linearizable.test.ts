// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type HistoryOptions, runHistory } from './history.testing.ts';
import { checkHistory, type Operation } from './linearizable.testing.ts';
import { createMemoryStore } from './memory.ts';
import type { Changes, KeyValueStore } from './store.ts';

const test = suite('histories of a key-value store');

const run = (stores: readonly KeyValueStore[], more: Partial<HistoryOptions> = {}) =>
  runHistory({ stores, operations: 100, seed: 1, ...more });

function fourOn(store: KeyValueStore): KeyValueStore[] {
  return [store, store, store, store];
}

/** A store with one behaviour of its own. */
function defective(own: (sound: KeyValueStore) => Partial<KeyValueStore>): KeyValueStore {
  const sound = createMemoryStore();
  const store: KeyValueStore = {
    get: (key) => sound.get(key),
    range: (prefix, limit, after) => sound.range(prefix, limit, after),
    commit: (changes) => sound.commit(changes),
    watch: (key, onChange) => sound.watch(key, onChange),
    close: () => sound.close(),
  };
  return Object.assign(store, own(sound));
}

test('a store in memory has an order, with commits and conflicts', async () => {
  const { problem, commits, conflicts } = await run(fourOn(createMemoryStore()));
  assert.is(problem, undefined);
  assert.ok(commits > 50 && conflicts > 50);
});

test('one that does not look at what is expected is found out', async () => {
  const { problem } = await run(
    fourOn(defective((sound) => ({ commit: ({ puts }: Changes) => sound.commit({ puts: puts! }) }))),
  );
  assert.match(problem!, /both replaced/);
});

test('one that reads what was replaced is found out', async () => {
  let count = 0;
  const former = new Map<string, Awaited<ReturnType<KeyValueStore['get']>>>();
  const store = defective((sound) => ({
    async get(key) {
      const name = String(key[0]);
      count += 1;
      if (count % 50 === 0 && former.has(name)) return former.get(name);
      const entry = await sound.get(key);
      former.set(name, former.get(name) ?? entry);
      return entry;
    },
  }));
  const { problem } = await run(fourOn(store));
  assert.match(problem!, /saw what was replaced before/);
});

test('one that loses a commit which it had confirmed is found out', async () => {
  let count = 0;
  const store = defective((sound) => ({
    commit(changes) {
      count += 1;
      return count === 100 ? Promise.resolve(7) : sound.commit(changes);
    },
  }));
  const { problem } = await run(fourOn(store));
  assert.ok(problem !== undefined);
});

test('one that refuses for nothing is found out', async () => {
  let count = 0;
  const store = defective((sound) => ({
    commit(changes) {
      count += 1;
      return count === 50 ? Promise.resolve(undefined) : sound.commit(changes);
    },
  }));
  const { problem } = await run([store]);
  assert.match(problem!, /refused for nothing/);
});

test('one that commits half of it is found out', async () => {
  const store = defective((sound) => ({
    commit: ({ expected, puts }) => sound.commit({ expected: expected!, puts: puts!.slice(0, 1) }),
  }));
  const { problem } = await run(fourOn(store));
  assert.ok(problem !== undefined);
});

test('two that have seen each other have no order', () => {
  const commit = (id: number, seen: Operation['seen']): Operation => ({
    id,
    called: 0,
    ended: 9,
    seen,
    kind: 'commit',
  });
  const circle = [commit(0, new Map([['a', 1]])), commit(1, new Map([['b', 0]]))];
  assert.match(checkHistory(circle)!, /circle/);
});

test.run();
