// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { DEFAULT_PN, mayInPn } from '../authorization/membership.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { grantMembership, isGranted, revokeGrants, revokeStated } from './grants.ts';
import { type HeldGrants, openGrants } from './held-grants.ts';
import { until } from './listener.testing.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';

const test = suite('stored grants');
const NOW = 1_795_780_000;

async function open(store: KeyValueStore): Promise<HeldGrants & { readonly revoked: string[] }> {
  const revoked: string[] = [];
  const held = await openGrants({
    store,
    authority: new Authority({ now: () => NOW }),
    onRevoked: (ids) => revoked.push(...ids),
    onFailed: (error) => assert.unreachable(error.message),
  });
  return { ...held, revoked };
}

function mayJoin({ authority }: HeldGrants, id: string): boolean {
  return mayInPn(authority, DEFAULT_PN, id, 'pn-join');
}

test('whoever has them open learns of a grant, and of its revocation', async () => {
  const store = createMemoryStore();
  const held = await open(store);
  await grantMembership(store, 'é', DEFAULT_PN, NOW + 10);
  await until(() => mayJoin(held, 'é'), 'the grant');
  assert.not.ok(mayJoin(held, 'b'));
  await revokeGrants(store, 'é');
  await until(() => held.revoked.length > 0, 'the revocation');
  assert.equal(held.revoked, ['é']);
  assert.not.ok(mayJoin(held, 'é'));
  assert.is(await isGranted(store, 'é'), false);
  held.close();
});

test('whoever opens them later finds them, and what was revoked does not come back', async () => {
  const store = createMemoryStore();
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  const first = await open(store);
  const { sequence } = first.authority.grantOf('a')!;
  await revokeGrants(store, 'a');
  await revokeGrants(store, 'a');
  await revokeGrants(store, 'nobody');
  const second = await open(store);
  assert.not.ok(mayJoin(second, 'a'));
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  const third = await open(store);
  assert.ok(mayJoin(third, 'a'));
  assert.is(third.authority.grantOf('a')!.sequence, sequence + 1);
});

test('each grant of a device is later than those before it', async () => {
  const store = createMemoryStore();
  for (const sequence of [0, 1, 2]) {
    await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
    assert.is((await open(store)).authority.grantOf('a')!.sequence, sequence);
  }
});

test('a grant that has expired is there, and holds no more', async () => {
  const store = createMemoryStore();
  await grantMembership(store, 'a', DEFAULT_PN, NOW);
  await grantMembership(store, 'b', DEFAULT_PN, NOW + 10);
  const held = await open(store);
  assert.equal([mayJoin(held, 'a'), mayJoin(held, 'b')], [false, true]);
  assert.ok(await isGranted(store, 'a'));
});

test('two who change one grant at a time both take effect', async () => {
  const store = createMemoryStore();
  await Promise.all([0, 1, 2].map(() => grantMembership(store, 'a', DEFAULT_PN, NOW + 10)));
  assert.is((await open(store)).authority.grantOf('a')!.sequence, 2);
});

test('a commit that was decided by a grant fails once the grant is another', async () => {
  const store = createMemoryStore();
  const put = { key: Uint8Array.of(1), value: Uint8Array.of(1) };
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  const held = await open(store);
  const expected = [held.expectation('a'), held.expectation('nobody')];
  assert.ok(await store.commit({ expected, puts: [put] }));
  await revokeGrants(store, 'a');
  assert.is(await store.commit({ expected, puts: [put] }), undefined);
});

test('what a server states revokes a grant once, however often it says it', async () => {
  const store = createMemoryStore();
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  await revokeStated(store, 'a', 1);
  assert.not.ok(mayJoin(await open(store), 'a'));
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  await revokeStated(store, 'a', 1);
  assert.ok(mayJoin(await open(store), 'a'));
  await revokeStated(store, 'a', 2);
  assert.not.ok(mayJoin(await open(store), 'a'));
});

test('it is the minimum that a server has, which rises with each revocation alone', async () => {
  const store = createMemoryStore();
  const minimum = async () => (await open(store)).minimums.get('a');
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  assert.is(await minimum(), undefined);
  await revokeGrants(store, 'a');
  const first = (await minimum())!;
  await grantMembership(store, 'a', DEFAULT_PN, NOW + 10);
  assert.is(await minimum(), first);
  await revokeGrants(store, 'a');
  assert.ok((await minimum())! > first);
});

test('what no program of ours has stored is refused', async () => {
  for (const value of [
    '80',
    '830000',
    '83000040',
    '83f600f6',
    '83000000f6',
    '8200f6',
    `8305004aa3${'00'.repeat(9)}`,
  ]) {
    const store = createMemoryStore();
    const key = Uint8Array.from([0x61, ...encodeUtf8('a')]);
    await store.commit({ puts: [{ key, value: Uint8Array.from(Buffer.from(value, 'hex')) }] });
    assert.ok(
      await open(store).then(
        () => false,
        () => true,
      ),
      value,
    );
  }
});

test.run();
