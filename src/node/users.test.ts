// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { DEFAULT_PN, mayInPn } from '../authorization/membership.ts';
import { NodeLimits } from '../node-limits.ts';
import { grantMembership, isGranted } from './grants.ts';
import { type HeldGrants, openGrants } from './held-grants.ts';
import { until } from './listener.testing.ts';
import { createMemoryStore } from './store/memory.ts';
import type { Changes, KeyValueStore } from './store/store.ts';
import {
  addUser,
  checkUsersOf,
  forgetUser,
  giveDevices,
  openUsers,
  readUsers,
  revokeUser,
  takeDevice,
  userOf,
} from './users.ts';

const test = suite('users');
const DEVICES = Object.freeze(['pne-1', 'pne-2']);

async function storeWithAnna(): Promise<KeyValueStore> {
  const store = createMemoryStore();
  await addUser(store, 'anna', 'Ánna Größe');
  for (const id of DEVICES) await grantMembership(store, id, DEFAULT_PN, 10);
  await giveDevices(store, 'anna', DEVICES);
  return store;
}

async function assertRefused(work: Promise<unknown>, reason: string): Promise<void> {
  const error = await work.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  assert.ok(error?.message.startsWith(reason), `${error?.message} is no ${reason}`);
}

/** Calls `before` with each commit before it takes place. */
function committing(store: KeyValueStore, before: (changes: Changes) => Promise<void>): KeyValueStore {
  return {
    get: (key) => store.get(key),
    range: (...of) => store.range(...of),
    async commit(changes): Promise<number | undefined> {
      await before(changes);
      return store.commit(changes);
    },
    watch: (...of) => store.watch(...of),
    close: () => store.close(),
  };
}

function open(store: KeyValueStore): Promise<HeldGrants> {
  const authority = new Authority({ now: () => 0 });
  const onFailed = (error: Error) => assert.unreachable(error.message);
  return openGrants({ store, authority, onRevoked(): void {}, onFailed });
}

test('a user is as he was stored, with the devices that are his', async () => {
  const users = await readUsers(await storeWithAnna());
  assert.equal([...users.values()], [{ id: 'anna', name: 'Ánna Größe', isRevoked: false, devices: DEVICES }]);
  assert.equal([userOf(users, 'pne-2')?.id, userOf(users, 'pne-3')?.id], ['anna', undefined]);
});

test('poor ids and names, a second of one id, and more devices than one has are refused', async () => {
  const store = await storeWithAnna();
  for (const id of ['', 'Anna', 'an na', 'a-', 'far-too-long'])
    await assertRefused(addUser(store, id, 'x'), 'onboardingCodeInvalid');
  for (const name of ['', 'two\nlines', '\u0085', 'ä'.repeat(NodeLimits.userMaxNameBytes / 2 + 1)])
    await assertRefused(addUser(store, 'bob', name), 'tooLong');
  await addUser(store, 'bob', 'ä'.repeat(NodeLimits.userMaxNameBytes / 2));
  await assertRefused(addUser(store, 'anna', 'another'), 'userTaken');
  const many = Array.from({ length: NodeLimits.userMaxDevices + 1 }, (_, at) => `pne-${at + 3}`);
  await assertRefused(giveDevices(store, 'bob', many), 'tooManyItems');
  await giveDevices(store, 'bob', many.slice(1));
  assert.is((await readUsers(store)).get('bob')!.devices.length, NodeLimits.userMaxDevices);
});

test('a device is of one user: another gets it once it was taken, and nobody unknown', async () => {
  const store = await storeWithAnna();
  await addUser(store, 'bob', 'Bob');
  await assertRefused(giveDevices(store, 'bob', ['pne-3', 'pne-1']), 'userTaken');
  await assertRefused(giveDevices(store, 'carl', ['pne-3']), 'userUnknown');
  assert.equal((await readUsers(store)).get('bob')!.devices, []);
  assert.is(await takeDevice(store, 'pne-1'), 'anna');
  assert.is(await takeDevice(store, 'pne-1'), undefined);
  await giveDevices(store, 'bob', ['pne-1', 'pne-1']);
  const users = await readUsers(store);
  assert.equal([users.get('anna')!.devices, users.get('bob')!.devices], [['pne-2'], ['pne-1']]);
});

test('two who give one device at a time: it is of one', async () => {
  const store = await storeWithAnna();
  await addUser(store, 'bob', 'Bob');
  await takeDevice(store, 'pne-1');
  const given = await Promise.allSettled(['anna', 'bob'].map((id) => giveDevices(store, id, ['pne-1'])));
  assert.equal(given.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const owners = [...(await readUsers(store)).values()].filter(({ devices }) => devices.includes('pne-1'));
  assert.is(owners.length, 1);
});

test('who is revoked goes in one commit with what all his devices were granted', async () => {
  const store = await storeWithAnna();
  await grantMembership(store, 'pne-3', DEFAULT_PN, 10);
  const commits: Changes[] = [];
  const watched = committing(store, async (changes) => void commits.push(changes));
  assert.equal(await revokeUser(watched, 'anna'), DEVICES);
  assert.is(commits.length, 1);
  const held = await open(store);
  const may = (id: string) => mayInPn(held.authority, DEFAULT_PN, id, 'pn-join');
  assert.equal([may('pne-1'), may('pne-2'), may('pne-3')], [false, false, true]);
  held.close();
  await assertRefused(giveDevices(store, 'anna', ['pne-3']), 'userUnknown');
  await assertRefused(checkUsersOf(store, ['pne-3', 'pne-2']), 'userUnknown');
  await checkUsersOf(store, ['pne-3']);
  await forgetUser(store, 'anna');
  assert.is((await readUsers(store)).size, 0);
});

test('what was granted while he goes is revoked with the rest', async () => {
  const store = await storeWithAnna();
  let isFirst = true;
  const raced = committing(store, async () => {
    if (isFirst) await grantMembership(store, 'pne-2', DEFAULT_PN, 10);
    isFirst = false;
  });
  await revokeUser(raced, 'anna');
  assert.not.ok(await isGranted(store, 'pne-2'));
});

test('who has them open learns what another process changes', async () => {
  const store = await storeWithAnna();
  const seen: (readonly string[] | undefined)[] = [];
  const held = await openUsers({
    store,
    onChanged: (users, former) => seen.push(users.get('anna')?.devices, former.get('anna')?.devices),
    onFailed: (error) => assert.unreachable(error.message),
  });
  assert.equal(held.users.get('anna')!.devices, DEVICES);
  await takeDevice(store, 'pne-1');
  await until(() => seen.length > 0, 'a change');
  assert.equal(seen, [['pne-2'], DEVICES]);
  held.close();
});

test('a row that nobody can have stored is refused', async () => {
  for (const value of [
    [2, 'x', 0],
    [1, 'x', 2],
    [1, 'x', 0, 5],
  ]) {
    const store = createMemoryStore();
    const items = value.flatMap((item) => (typeof item === 'string' ? [0x61, item.charCodeAt(0)] : [item]));
    const put = { key: Uint8Array.of(0x55, 0x61), value: Uint8Array.of(0x80 + value.length, ...items) };
    await store.commit({ puts: [put] });
    await assertRefused(readUsers(store), 'recordInvalid');
  }
});

test.run();
