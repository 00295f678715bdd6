// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { type UserClaim, userCodeKey, userProof } from '../keys/user-code.ts';
import { decodeUserKey } from '../roles/group-record-codec.ts';
import { Status } from '../roles/status.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { userKeyRow } from './key-store.ts';
import { createMemoryStore } from './store/memory.ts';
import { entriesUnder, type KeyValueStore } from './store/store.ts';
import { endProof, followProofs, putProof } from './user-proofs.ts';
import { openRegistry, putCode } from './user-registry.ts';
import { addUser, forgetUser, giveDevices, revokeUser, takeDevice, userCodeRow } from './users.ts';

const test = suite('user registry');
const provider = createNodeProvider();
const root = provider.secret(new Uint8Array(32).fill(7));
const SECRET = new Uint8Array(16).fill(0x5a);
const CLAIM: UserClaim = Object.freeze({ gateway: 'hall', pneId: 'pne-1', user: 'anna' });

async function withCode(store = createMemoryStore()): Promise<KeyValueStore> {
  await addUser(store, 'anna', 'Anna');
  await addUser(store, 'bob', 'Bob');
  await giveDevices(store, 'anna', ['pne-1', 'pne-2']);
  await putCode({ store, provider, root }, 'anna', provider.secret(SECRET), 100);
  return store;
}

function registration(claim = CLAIM, secret = SECRET) {
  const { pneId, user } = claim;
  const proof = userProof(provider, userCodeKey(provider, user, provider.secret(secret)), claim);
  return { pneId, user, proof };
}

function registryOn(store: KeyValueStore) {
  const registry = openRegistry({
    ...{ store, provider, root },
    now: () => 0,
    onRegistered(): void {},
    onAssigned(): void {},
    onFailed(): void {},
  });
  return {
    register: (claim = CLAIM, secret = SECRET) =>
      registry.register(claim.gateway, registration(claim, secret)),
    claim: (claim = CLAIM): Promise<string | undefined> =>
      new Promise((resolve) => registry.claim(claim, resolve)),
  };
}

async function keyIn(store: KeyValueStore) {
  const entry = await store.get(userKeyRow('pne-1'));
  return entry && decodeUserKey(entry.value);
}

/** Of the n-th commit the caller learns nothing but an error: it takes place, or not. */
function failingAt(store: KeyValueStore, at: number, takesPlace: boolean): KeyValueStore {
  let commits = 0;
  return {
    get: (key) => store.get(key),
    range: (...of) => store.range(...of),
    async commit(changes): Promise<number | undefined> {
      commits += 1;
      if (commits !== at) return store.commit(changes);
      if (takesPlace) await store.commit(changes);
      throw new Error('cut');
    },
    watch: (...of) => store.watch(...of),
    close: () => store.close(),
  };
}

test('a code is in the store as a sealed key, and neither its secret nor that key in the clear', async () => {
  const store = await withCode();
  let all = '';
  for (const prefix of Array.from({ length: 256 }, (_, at) => Uint8Array.of(at)))
    for await (const { value } of entriesUnder(store, prefix)) all += toHex(value);
  assert.not.ok(all.includes(toHex(SECRET)));
  const entry = await store.get(userCodeRow('anna'));
  assert.ok(entry!.value.length > 40);
});

test('what a gateway registers and its PNE claims is a key of the user, once', async () => {
  const store = await withCode();
  const { register, claim } = registryOn(store);
  assert.is(await claim(), 'userUnregistered');
  assert.is(await register(), Status.userRegistered);
  assert.is(await claim({ ...CLAIM, gateway: 'attic' }), 'userForeign');
  assert.is(await claim({ ...CLAIM, pneId: 'pne-2' }), 'userUnregistered');
  assert.is(await claim({ ...CLAIM, user: 'bob' }), 'userForeign');
  assert.is(await claim(), undefined);
  const key = await keyIn(store);
  assert.equal([key?.epoch, key?.user, key?.isRevoked], [1, 'anna', false]);
  assert.equal([await register(), await claim()], [Status.ok, undefined]);
  assert.equal(await keyIn(store), key);
});

test('a replayed registration is worth nothing for another gateway, PNE or user, nor with another code', async () => {
  const store = await withCode();
  const { register } = registryOn(store);
  const registry = openRegistry({
    ...{ store, provider, root },
    now: () => 0,
    onRegistered(): void {},
    onAssigned(): void {},
    onFailed(): void {},
  });
  const { proof } = registration();
  assert.is(await registry.register('attic', { ...CLAIM, proof }), Status.userCodeInvalid);
  assert.is(await registry.register('hall', { ...CLAIM, pneId: 'pne-2', proof }), Status.userCodeInvalid);
  assert.is(await registry.register('hall', { ...CLAIM, user: 'bob', proof }), Status.userForeign);
  assert.is(await register(), Status.userRegistered);
  await putCode({ store, provider, root }, 'anna', provider.secret(new Uint8Array(16)), 100);
  assert.is(await registry.register('hall', { ...CLAIM, proof }), Status.userCodeInvalid);
});

test('wrong proofs are counted in the store: two servers and their next lives share the limit', async () => {
  const store = await withCode();
  const wrong = new Uint8Array(16);
  for (let tries = 0; tries < 5; tries++)
    assert.is(await registryOn(store).register(CLAIM, wrong), Status.userCodeInvalid);
  assert.is(await registryOn(store).register(), Status.userTries);
  const again = await withCode(createMemoryStore());
  const servers = [registryOn(again), registryOn(again)];
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => servers[at % 2]!.register(CLAIM, wrong)),
  );
  assert.is(answers.filter((status) => status === Status.userCodeInvalid).length, 5);
  assert.is(answers.filter((status) => status === Status.userTries).length, 3);
});

test('two servers that a PNE asks at a time make one key', async () => {
  const store = await withCode();
  await registryOn(store).register();
  const claims = [registryOn(store), registryOn(store)].map(({ claim }) => claim());
  assert.equal(await Promise.all(claims), [undefined, undefined]);
  assert.is((await keyIn(store))?.epoch, 1);
});

test('cut off at any commit, and asked again by the next process, there is one key and no code', async () => {
  for (const takesPlace of [true, false])
    for (const at of [1, 2]) {
      const store = await withCode();
      const cut = registryOn(failingAt(store, at, takesPlace));
      const isRegistered = (await cut.register()) === Status.userRegistered;
      if (isRegistered) assert.is(await cut.claim(), 'storeFailed');
      const next = registryOn(store);
      const status = await next.register();
      assert.ok(status === Status.userRegistered || status === Status.ok);
      assert.is(await next.claim(), undefined);
      const key = await keyIn(store);
      assert.equal([key?.epoch, key?.user, await next.register()], [1, 'anna', Status.ok]);
    }
});

test('a user who goes, or a device that is taken, between registration and claim gets no key', async () => {
  const gone = await withCode();
  await registryOn(gone).register();
  await revokeUser(gone, 'anna');
  assert.is(await registryOn(gone).claim(), 'userUnknown');
  await forgetUser(gone, 'anna');
  await addUser(gone, 'anna', 'Another');
  await giveDevices(gone, 'anna', ['pne-1']);
  assert.is(await registryOn(gone).claim(), 'userUnregistered');
  const taken = await withCode();
  await registryOn(taken).register();
  await takeDevice(taken, 'pne-1');
  assert.is(await registryOn(taken).claim(), 'userForeign');
  assert.is(await keyIn(taken), undefined);
});

test('a user who goes while his key is being stored gets none', async () => {
  const store = await withCode();
  await registryOn(store).register();
  const raced: KeyValueStore = {
    ...failingAt(store, 0, false),
    async commit(changes): Promise<number | undefined> {
      await revokeUser(store, 'anna');
      return store.commit(changes);
    },
  };
  assert.is(await registryOn(raced).claim(), 'userUnknown');
  assert.is(await keyIn(store), undefined);
});

test('of what somebody proved at a gateway the last stays until its own answer', async () => {
  const store = createMemoryStore();
  const former = registration();
  const newer = registration(CLAIM, new Uint8Array(16));
  const seen: number[] = [];
  const onFailed = (error: Error) => assert.unreachable(error.message);
  const following = await followProofs(store, ({ length }) => seen.push(length), onFailed);
  await putProof(store, former);
  await putProof(store, newer);
  await endProof(store, former);
  await following.refresh();
  assert.is(seen.at(-1), 1);
  await endProof(store, newer);
  await endProof(store, newer);
  await following.refresh();
  assert.is(seen.at(-1), 0);
  following.close();
});

test.run();
