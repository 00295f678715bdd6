// SPDX-License-Identifier: Apache-2.0

import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_PN } from '../authorization/membership.ts';
import { toHex } from '../bytes/hex.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { Secret } from '../crypto/provider.ts';
import { createPreSharedKey } from '../handshake/psk/credential.ts';
import { onboardingKey } from '../roles/onboarding.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { enrol } from './devices.ts';
import { grantMembership } from './grants.ts';
import { newIdentity } from './identity.ts';
import { invite } from './invitations.ts';
import { openKeptResumptions } from './kept-resumptions.ts';
import { ADMIN_OPTIONS, administer } from './programs/admin.ts';
import { readConfig } from './programs/config.ts';
import { openState, resealState } from './programs/state.ts';
import { openRootKey } from './root-key.ts';
import { scratchFolder } from './scratch.testing.ts';
import { readSealingKey, type SealingKey } from './sealing-key.ts';

const test = suite('sealing key');
const provider = createNodeProvider();
const bytesOfSeed = (seed: number, length = 32) =>
  new Uint8Array(length).fill(seed).map((byte, at) => byte ^ (at * 7));
const keyOf = (seed: number): SealingKey =>
  readSealingKey(provider, 'env:KEY', { KEY: toHex(bytesOfSeed(seed)) })!;
const FIRST = keyOf(1);
const SECOND = keyOf(2);

/** Bytes of a secret, by way of what it is sealed to under a key that is known. */
function bytesOf(secret: Secret): Uint8Array {
  const kek = provider.secret(new Uint8Array(16));
  const [nonce, nothing] = [new Uint8Array(13), new Uint8Array(0)];
  const wrapped = provider.wrap(Algorithm.AES_CCM_16_128_128, kek, nonce, nothing, secret);
  return provider.aeadKey(Algorithm.AES_CCM_16_128_128, kek).open(nonce, nothing, wrapped)!;
}

/** Names of the secrets of which a part lies in a file below a folder. */
function found(folder: string, secrets: Readonly<Record<string, Uint8Array>>): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  const lies = (bytes: Uint8Array) =>
    contents.some((content) => content.includes(Buffer.from(bytes.subarray(0, 8))));
  return Object.entries(secrets)
    .filter(([, bytes]) => lies(bytes) || lies(bytes.slice(-8)))
    .map(([name]) => name);
}

/** A server's folder with everything secret in it that one has. */
async function fill(folder: string, sealingKey: SealingKey | undefined) {
  const { identity, store, rootKeyPath } = await openState(provider, folder, 'server', { sealingKey });
  const root = await openRootKey(provider, rootKeyPath, store, sealingKey);
  const device = newIdentity(provider, 'pne-1');
  await enrol(store, device.credential);
  await grantMembership(store, 'pne-1', DEFAULT_PN, 2 ** 40);
  const [resumption, code] = [bytesOfSeed(3, 16), bytesOfSeed(4, 16)];
  const kept = await openKeptResumptions({
    ...{ store, provider, root, responder: identity.credential },
    onFailed(error): never {
      throw error;
    },
  });
  const psk = createPreSharedKey(
    Uint8Array.of(1, 2),
    provider.secret(resumption),
    device.credential,
    identity.credential,
  );
  kept.keep({ suite: 2, peer: device.credential, psk }, undefined);
  await kept.written();
  await invite({ store, provider, root }, 'pne-2', provider.secret(code));
  await store.close();
  const onboarding = bytesOf(onboardingKey(provider, 'pne-2', provider.secret(code)).secret);
  const secrets = { resumption, code, onboarding, root: bytesOf(root), sealing: bytesOfSeed(1) };
  return { identity, secrets, known: device.credential.publicKey };
}

/** Of an identity file in the clear: behind its version and the head of the key. */
function privateKeyIn(folder: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(folder, 'identity')).subarray(4, 36));
}

test('of a stolen folder, its database included, no key can be read', async () => {
  const folder = scratchFolder();
  // The identity in the clear, so that it is known what to look for.
  const { store } = await openState(provider, folder, 'server', {});
  await store.close();
  const privateKey = privateKeyIn(folder);
  assert.equal(found(folder, { privateKey }), ['privateKey']);
  const { secrets, known } = await fill(folder, FIRST);
  assert.equal(found(folder, { ...secrets, privateKey }), []);
  assert.equal(found(folder, { known }), ['known'], 'what is public is found');
});

test('without a sealing key the database has none, and the folder has those that lie beside it', async () => {
  const folder = scratchFolder();
  const { secrets } = await fill(folder, undefined);
  const all = { ...secrets, privateKey: privateKeyIn(folder) };
  assert.equal(found(join(folder, 'store'), all), []);
  assert.equal(found(folder, all), ['root', 'privateKey']);
});

test('what is sealed is opened by the same key, by no other, and not without', async () => {
  const folder = scratchFolder();
  const { identity } = await fill(folder, FIRST);
  const { identity: again, store } = await openState(provider, folder, '', { sealingKey: FIRST });
  await store.close();
  assert.equal(again.privateKey.publicKey, identity.privateKey.publicKey);
  for (const [sealingKey, said] of [
    [undefined, /identity is sealed: give the --sealing-key/],
    [SECOND, /identity was sealed with another --sealing-key/],
  ] as const)
    assert.match(await messageOf(openState(provider, folder, '', { sealingKey })), said);
});

test('a sealed file that is altered, cut or put in the place of another is refused, and stays', async () => {
  const folder = scratchFolder();
  await fill(folder, FIRST);
  const path = join(folder, 'identity');
  const good = Uint8Array.from(readFileSync(path));
  const altered = good.map((byte, at) => (at === 30 ? byte ^ 1 : byte));
  const other = Uint8Array.from(readFileSync(join(folder, 'root-key')));
  for (const bytes of [altered, good.slice(0, -1), good.slice(0, 14), other]) {
    writeFileSync(path, bytes);
    assert.match(await messageOf(openState(provider, folder, '', { sealingKey: FIRST })), /or is damaged/);
    assert.equal(Uint8Array.from(readFileSync(path)), bytes);
  }
});

test('another key takes the place of the former, also where that was cut off in between', async () => {
  const folder = scratchFolder();
  const { identity, secrets } = await fill(folder, FIRST);
  const [path, root] = [join(folder, 'identity'), join(folder, 'root-key')];
  const former = readFileSync(root);
  resealState(folder, FIRST, SECOND);
  writeFileSync(root, former);
  resealState(folder, FIRST, SECOND);
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.match(
    await messageOf(openState(provider, folder, '', { sealingKey: FIRST })),
    /another --sealing-key/,
  );
  const { identity: again, store } = await openState(provider, folder, '', { sealingKey: SECOND });
  assert.equal(again.privateKey.publicKey, identity.privateKey.publicKey);
  assert.equal(bytesOf(await openRootKey(provider, root, store, SECOND)), secrets.root);
  await store.close();
  assert.equal(found(folder, secrets), []);
  assert.throws(() => resealState(scratchFolder(), FIRST, SECOND), /holds no identity/);
});

test('a key comes from a file, a variable or a credential of systemd, as bytes or as digits', () => {
  const folder = scratchFolder();
  const sealed = FIRST.seal('name', Uint8Array.of(7));
  writeFileSync(join(folder, 'raw'), bytesOfSeed(1), { mode: 0o600 });
  writeFileSync(join(folder, 'digits'), `${toHex(bytesOfSeed(1)).toUpperCase()}\n`);
  chmodSync(join(folder, 'digits'), 0o400);
  const environment = { CREDENTIALS_DIRECTORY: folder, KEY: toHex(bytesOfSeed(1)) };
  for (const where of [
    join(folder, 'raw'),
    join(folder, 'digits'),
    'env:KEY',
    'credential:raw',
    'credential:digits',
  ])
    assert.equal(readSealingKey(provider, where, environment)!.open('name', sealed), Uint8Array.of(7), where);
  assert.is(readSealingKey(provider, '', environment), undefined);
});

test('what is no key is refused with what to do, and never shown', () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'short'), bytesOfSeed(1, 31), { mode: 0o600 });
  writeFileSync(join(folder, 'open'), bytesOfSeed(1), { mode: 0o644 });
  const refused: readonly (readonly [string, RegExp])[] = [
    [join(folder, 'short'), /is no key: it takes 32 random bytes, or 64 hexadecimal digits$/],
    [join(folder, 'open'), /cannot be read: other users can read it: chmod 600/],
    [join(folder, 'none'), /cannot be read: ENOENT/],
    ['env:NONE', /cannot be read: there is no variable NONE$/],
    ['env:SECRET', /is no key/],
    ['credential:raw', /give the unit LoadCredential=$/],
  ];
  for (const [where, said] of refused) {
    assert.throws(() => readSealingKey(provider, where, { SECRET: 'hunter2' }), said);
    assert.throws(
      () => readSealingKey(provider, where, { SECRET: 'hunter2' }),
      (error: Error) => !error.message.includes('hunter2'),
    );
  }
});

test('pne-runtime admin reseals a folder, and joins devices to a sealed one', async () => {
  const folder = scratchFolder();
  await fill(folder, FIRST);
  for (const seed of [1, 2]) writeFileSync(join(folder, `key-${seed}`), bytesOfSeed(seed), { mode: 0o600 });
  const said: string[] = [];
  const admin = (...args: string[]) =>
    administer(readConfig(ADMIN_OPTIONS, [...args, '--state', folder], {}), provider, (line) =>
      said.push(line),
    );
  const [first, second] = [join(folder, 'key-1'), join(folder, 'key-2')];
  await admin('reseal', '--sealing-key', first, '--new-sealing-key', second);
  assert.match(said.join(), /is sealed: start what runs on it with --sealing-key/);
  const provisionOne = (key: string) =>
    admin('provision', '--onboarding', 'pne-9', '--output', folder, '--sealing-key', key);
  assert.match(await messageOf(provisionOne(first)), /another --sealing-key/);
  await provisionOne(second);
  assert.match(said.join(), /pne-9/);
});

function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'opened',
    (error: Error) => error.message,
  );
}

test.run();
