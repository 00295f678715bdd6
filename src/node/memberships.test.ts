// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newGroup } from '../roles/group-record.ts';
import { openKeyStore } from './key-store.ts';
import { until } from './listener.testing.ts';
import { openMemberships } from './memberships.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';

const test = suite('memberships');
const rekeying = { fillRandom(): void {}, bootOf: () => undefined };

function commitGroup(
  store: KeyValueStore,
  reference: number,
  members: readonly string[],
  isEnded = false,
): Promise<boolean> {
  const keys = openKeyStore({ store, onFailed: (error) => assert.unreachable(error.message) });
  const group = newGroup(
    { reference, name: 'x', service: '', owner: undefined, signed: false },
    members,
    rekeying,
  );
  const nothing = { groups: [], ended: [], users: [], switches: [], read: [] };
  const changes = isEnded ? { ...nothing, ended: [reference] } : { ...nothing, groups: [group] };
  return new Promise((resolve, reject) =>
    keys.load(
      () => keys.commit(changes, resolve),
      () => reject(new Error('load')),
    ),
  );
}

test('what is stored is known at once, and what changes is told of', async () => {
  const store = createMemoryStore();
  assert.ok(await commitGroup(store, 2, ['pne-1', 'pne-2']));
  let changes = 0;
  const groups = await openMemberships(
    store,
    () => {
      changes += 1;
    },
    (error) => assert.unreachable(error.message),
  );
  assert.equal([groups.of('pne-1'), groups.of('pne-3'), changes], [[2], [], 0]);
  assert.ok(await commitGroup(store, 4, ['pne-1', 'pne-3']));
  await until(() => changes === 1, 'a change');
  assert.equal([groups.of('pne-1'), groups.of('pne-3')], [[2, 4], [4]]);
  assert.ok(await commitGroup(store, 2, [], true));
  await until(() => changes === 2, 'another');
  assert.equal([groups.of('pne-1'), groups.of('pne-2')], [[4], []]);
  groups.close();
});

test('where groups cannot be read at first there is nothing to go by', async () => {
  const store = createMemoryStore();
  store.range = () => Promise.reject(new Error('no disk'));
  await openMemberships(
    store,
    () => {},
    () => {},
  ).then(
    () => assert.unreachable(),
    ({ message }: Error) => assert.match(message, /no disk|cannot be read/),
  );
});

test.run();
