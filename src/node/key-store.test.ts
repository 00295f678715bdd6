// SPDX-License-Identifier: Apache-2.0

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { proofOf } from '../keys/wrapping.ts';
import { type GroupRecord, newGroup, rekeyed, type UserKeyRecord } from '../roles/group-record.ts';
import type { KeyChanges, KeyStore } from '../roles/key-store.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { openKeyStore } from './key-store.ts';
import { openRootKey } from './root-key.ts';
import { scratchFolder } from './scratch.testing.ts';
import { createMemoryStore } from './store/memory.ts';

const test = suite('key store');
const provider = createNodeProvider();
const REKEYING = { fillRandom: provider.fillRandom, bootOf: () => 3 };
const GROUP = newGroup(
  { reference: 2, name: 'lights', service: '', owner: 'a', signed: false },
  Array.from({ length: 70 }, (_, at) => `pne-${at}`),
  REKEYING,
);
const USER: UserKeyRecord = { epoch: 1, salt: new Uint8Array(16).fill(4), isRevoked: false };

function load(store: KeyStore): Promise<readonly GroupRecord[] | 'failed'> {
  return new Promise((resolve) => store.load(resolve, () => resolve('failed')));
}

function loadUser(store: KeyStore, pneId: string): Promise<UserKeyRecord | 'failed' | undefined> {
  return new Promise((resolve) => store.loadUser(pneId, resolve, () => resolve('failed')));
}

function commit(store: KeyStore, changes: Partial<KeyChanges>): Promise<boolean> {
  return new Promise((resolve) =>
    store.commit({ groups: [], ended: [], users: [], switches: [], read: [], ...changes }, resolve),
  );
}

function open(kept = createMemoryStore()) {
  const failed: string[] = [];
  return {
    kept,
    failed,
    store: openKeyStore({ store: kept, onFailed: ({ message }) => failed.push(message) }),
  };
}

test('what is committed is there for whoever opens the store later', async () => {
  const { store, kept } = open();
  assert.equal(await load(store), []);
  assert.is(await loadUser(store, 'a'), undefined);
  const far = { ...GROUP, reference: 2 ** 21 - 1 };
  assert.ok(await commit(store, { groups: [GROUP, far], users: [{ pneId: 'a', record: USER }] }));
  const later = open(kept).store;
  assert.equal(await load(later), [GROUP, far]);
  assert.equal(await loadUser(later, 'a'), USER);
  assert.ok(await commit(later, { ended: [2] }));
  assert.equal(await load(open(kept).store), [far]);
});

test('of two that change the same, one is refused, and nothing of it is stored', async () => {
  const { store, kept } = open();
  await load(store);
  await commit(store, { groups: [GROUP] });
  const other = open(kept).store;
  await load(other);
  assert.ok(await commit(other, { groups: [rekeyed(GROUP, REKEYING)] }));
  assert.not(
    await commit(store, { groups: [{ ...GROUP, name: 'x' }], users: [{ pneId: 'a', record: USER }] }),
  );
  assert.is(await loadUser(store, 'a'), undefined);
  await load(store);
  assert.ok(await commit(store, { groups: [{ ...GROUP, name: 'x' }] }));
});

test('a change of a group is told, one of a user key alone is not', async () => {
  const { store, kept } = open();
  let told = 0;
  const watch = await open(kept).store.watch(() => {
    told += 1;
  });
  await loadUser(store, 'a');
  await commit(store, { users: [{ pneId: 'a', record: USER }] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(told, 0);
  await commit(store, { groups: [GROUP] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(told, 1);
  watch.close();
});

test('what cannot be read is no group', async () => {
  const { kept, store, failed } = open();
  await kept.commit({ puts: [{ key: Uint8Array.of(0x73, 0, 0, 2), value: Uint8Array.of(1, 2) }] });
  assert.is(await load(store), 'failed');
  assert.is(failed.length, 1);
});

test('no key, and nothing but salts, is stored', async () => {
  const { store, kept } = open();
  const path = join(scratchFolder(), 'root-key');
  await openRootKey(provider, path, kept);
  const root = readFileSync(path);
  await load(store);
  await commit(store, { groups: [GROUP] });
  for (const { value } of await kept.range(new Uint8Array(0), 10))
    assert.not.ok(Buffer.from(value).includes(root.subarray(0, 8)));
});

test('a root key is made once, for its owner alone, and is the same from then on', async () => {
  const { kept } = open();
  const path = join(scratchFolder(), 'root-key');
  const proof = async () => proofOf(provider, await openRootKey(provider, path, kept), 0, 0);
  assert.equal(await proof(), await proof());
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(readFileSync(path).length, 32);
});

test('a root key that is missing beside groups is not made anew, nor is a damaged one read', async () => {
  const { kept, store } = open();
  const path = join(scratchFolder(), 'root-key');
  await openRootKey(provider, path, kept);
  await load(store);
  await commit(store, { groups: [GROUP] });
  writeFileSync(path, readFileSync(path).subarray(1));
  await refuses(openRootKey(provider, path, kept), /holds no key.*restore it/);
  rmSync(path);
  await refuses(openRootKey(provider, path, kept), /is missing.*restore it/);
});

async function refuses(work: Promise<unknown>, said: RegExp): Promise<void> {
  try {
    await work;
  } catch (error) {
    return assert.match((error as Error).message, said);
  }
  assert.unreachable();
}

test.run();
