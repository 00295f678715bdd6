// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../bytes/compare.ts';
import { toHex } from '../bytes/hex.ts';
import { Curve } from '../crypto/curves.ts';
import { ownCredential } from '../handshake/compact-credential.ts';
import type { Credential } from '../handshake/credential.ts';
import { onboardingKey } from '../roles/onboarding.ts';
import type { Invitation } from '../roles/onboarding-acceptance.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { DEVICES, enrol, readAll, withdraw } from './devices.ts';
import { grantMembership, isGranted, membershipChanges } from './grants.ts';
import {
  cancel,
  type InvitationsOptions,
  invite,
  type KeptInvitations,
  openInvitations,
} from './invitations.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';

const test = suite('invitations');

const provider = createNodeProvider();
const root = provider.secret(new Uint8Array(32).fill(7));
const GRANT = Uint8Array.of(1, 2, 3);

function secretOf(seed: number) {
  return provider.secret(new Uint8Array(16).fill(seed));
}

function referenceOf(pneId: string, seed: number): Uint8Array {
  return onboardingKey(provider, pneId, secretOf(seed)).idCred;
}

function newDevice(pneId: string): Credential {
  return ownCredential(provider.generateKey(Curve.P256).publicKey, pneId);
}

function openOn(
  store: KeyValueStore,
  granting: InvitationsOptions['granting'] = async () => ({}),
): Promise<KeptInvitations> {
  return openInvitations({
    ...{ store, provider, root },
    grantOf: () => GRANT,
    granting,
    onRegistered: async () => undefined,
    onFailed: (error) => assert.unreachable(error.message),
  });
}

async function invited(store = createMemoryStore()) {
  await invite({ store, provider, root }, 'pne-1', secretOf(1));
  const invitations = await openOn(store);
  const [invitation] = invitations.candidates(referenceOf('pne-1', 1));
  return { store, invitations, invitation: invitation! };
}

function joined(invitations: KeptInvitations, invitation: Invitation, credential: Credential) {
  return new Promise((resolve) => invitations.join(invitation, credential, resolve));
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

test('a code is found by its reference, with the key that its device has', async () => {
  const { invitations, invitation } = await invited();
  const own = onboardingKey(provider, 'pne-1', secretOf(1));
  assert.equal([invitation.pneId, invitation.psk.idCred], ['pne-1', own.idCred]);
  const shown = (psk: typeof own) =>
    toHex(provider.expand(-16, provider.extract(-16, new Uint8Array(0), psk.secret), new Uint8Array(0), 8));
  assert.is(shown(invitation.psk), shown(own));
  assert.equal(invitations.candidates(referenceOf('pne-1', 2)), []);
});

test('who comes first is registered, with its grant; the same may come again, and no other', async () => {
  const { store, invitations, invitation } = await invited();
  const [first, second] = [newDevice('pne-1'), newDevice('pne-1')];
  assert.equal(await joined(invitations, invitation, first), GRANT);
  assert.equal(await joined(invitations, invitation, first), GRANT);
  assert.is(await joined(invitations, invitation, second), 'used');
  assert.equal(
    (await readAll(store)).map(({ cred }) => toHex(cred)),
    [toHex(first.cred)],
  );
  assert.equal(invitations.joined, ['pne-1']);
});

test('what a device needs is granted in the commit that registers it', async () => {
  const { store, invitation } = await invited();
  const commits: number[] = [];
  const commit = store.commit.bind(store);
  store.commit = (changes) => {
    commits.push(changes.puts?.length ?? 0);
    return commit(changes);
  };
  const granting = (id: string) => membershipChanges(store, id, 1, 2 ** 40);
  assert.equal(await joined(await openOn(store, granting), invitation, newDevice('pne-1')), GRANT);
  assert.equal(commits, [6]);
  assert.ok(await isGranted(store, 'pne-1'));
});

test('where its grant changes meanwhile the commit fails, and is made anew', async () => {
  const { store, invitation } = await invited();
  let made = 0;
  const granting = async (id: string) => {
    const changes = await membershipChanges(store, id, 1, 2 ** 40);
    made += 1;
    if (made === 1) await grantMembership(store, id, 1, 2 ** 40);
    return changes;
  };
  assert.equal(await joined(await openOn(store, granting), invitation, newDevice('pne-1')), GRANT);
  assert.is(made, 2);
});

test('who comes too late is granted nothing', async () => {
  const { store, invitations, invitation } = await invited();
  await joined(invitations, invitation, newDevice('pne-1'));
  const granting = (id: string) => membershipChanges(store, id, 1, 2 ** 40);
  assert.is(await joined(await openOn(store, granting), invitation, newDevice('pne-1')), 'used');
  assert.not.ok(await isGranted(store, 'pne-1'));
});

test('of two that come at once, at two servers of one store, one is registered', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { store, invitations, invitation } = await invited();
    const other = await openOn(store);
    const devices = [newDevice('pne-1'), newDevice('pne-1')];
    const outcomes = await Promise.all([
      joined(invitations, invitation, devices[0]!),
      joined(other, other.candidates(invitation.psk.idCred)[0]!, devices[1]!),
    ]);
    assert.is(outcomes.filter((outcome) => outcome === 'used').length, 1);
    const [registered] = await readAll(store);
    assert.ok(equalBytes(registered!.cred, devices[outcomes.indexOf('used') === 0 ? 1 : 0]!.cred));
  }
});

test('the secret goes when the device has come with its own key, and the code still says whose it was', async () => {
  const { store, invitations, invitation } = await invited();
  const { idCred } = invitation.psk;
  await joined(invitations, invitation, newDevice('pne-1'));
  invitations.finish('pne-1');
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const each of [invitations, await openOn(store)]) {
    assert.equal(each.candidates(idCred), []);
    assert.is(each.spent(idCred), 'pne-1');
    assert.equal(each.joined, ['pne-1']);
  }
});

test('a code that waits keeps its secret, whoever else registers', async () => {
  const { invitations, invitation } = await invited();
  invitations.finish('pne-1');
  invitations.finish('pne-2');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(invitations.candidates(invitation.psk.idCred).length, 1);
});

test('nothing is replaced: neither a code that waits, nor a device, nor a code that was used', async () => {
  const { store, invitations, invitation } = await invited();
  const again = (seed: number) => reasonOf(invite({ store, provider, root }, 'pne-1', secretOf(seed)));
  assert.match(await again(2), 'waits for its device: admin remove pne-1');
  await joined(invitations, invitation, newDevice('pne-1'));
  assert.match(await again(2), 'a device is called pne-1');
  await withdraw(store, 'pne-1');
  assert.match(await again(1), 'was used: make another one');
  assert.is(await again(2), 'accepted');
  await enrol(store, newDevice('pne-2'));
  assert.match(
    await reasonOf(invite({ store, provider, root }, 'pne-2', secretOf(3))),
    'a device is called pne-2',
  );
});

test('a device that was removed does not come back by its code', async () => {
  const { store, invitations, invitation } = await invited();
  const device = newDevice('pne-1');
  await joined(invitations, invitation, device);
  await withdraw(store, 'pne-1');
  assert.is(await joined(invitations, invitation, device), 'used');
  assert.equal(await readAll(store, DEVICES), []);
});

test('a code can be taken back before it is used, and not after', async () => {
  const { store, invitations, invitation } = await invited();
  assert.is(await cancel(store, 'pne-1'), true);
  assert.is(await cancel(store, 'pne-1'), false);
  assert.is(await joined(invitations, invitation, newDevice('pne-1')), 'used');
  await invite({ store, provider, root }, 'pne-1', secretOf(1));
  await joined(await openOn(store), invitation, newDevice('pne-1'));
  assert.is(await cancel(store, 'pne-1'), false);
});

test('the secret does not lie in the store as it is', async () => {
  const { store } = await invited();
  const entries = await store.range(Uint8Array.of(0x6f), 10);
  const psk = '01'.repeat(16);
  assert.ok(entries.every(({ value }) => !toHex(value).includes(psk)));
  const foreign = provider.secret(new Uint8Array(32).fill(8));
  assert.match(
    await reasonOf(
      openInvitations({
        ...{ store, provider, root: foreign },
        grantOf: () => GRANT,
        granting: async () => ({}),
        onRegistered: async () => undefined,
        onFailed(): void {},
      }),
    ),
    'sealInvalid',
  );
});

test.run();
