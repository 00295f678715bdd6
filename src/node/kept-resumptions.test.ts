// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { Curve } from '../crypto/curves.ts';
import { ownCredential } from '../handshake/compact-credential.ts';
import { createPreSharedKey } from '../handshake/psk/credential.ts';
import type { ResumptionKey } from '../roles/resumption.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { openKeptResumptions } from './kept-resumptions.ts';
import { createMemoryStore } from './store/memory.ts';

const test = suite('kept resumptions');

const provider = createNodeProvider();
const root = provider.secret(new Uint8Array(32).fill(7));
const server = ownCredential(provider.generateKey(Curve.P256).publicKey, 'server');
const peer = ownCredential(provider.generateKey(Curve.P256).publicKey, 'pne-1');

function keyOf(seed: number): ResumptionKey {
  const secret = provider.secret(new Uint8Array(16).fill(seed));
  return { suite: 2, peer, psk: createPreSharedKey(Uint8Array.of(seed, seed), secret, peer, server) };
}

function openOn(store = createMemoryStore(), failures: string[] = []) {
  return openKeptResumptions({
    ...{ store, provider, root },
    responder: server,
    onFailed: ({ message }) => void failures.push(message),
  });
}

function shown({ psk, suite: number, peer: { cred } }: ResumptionKey): string {
  const prk = provider.extract(-16, new Uint8Array(0), psk.secret);
  return [
    number,
    toHex(cred),
    toHex(psk.idCred),
    toHex(provider.expand(-16, prk, psk.initiator.cred, 8)),
  ].join();
}

test('keys are there after a restart, the newest and the one that it replaces', async () => {
  const store = createMemoryStore();
  const first = await openOn(store);
  const keys = [keyOf(1), keyOf(2)] as const;
  first.keep(keys[0], undefined);
  first.keep(keys[1], keys[0]);
  const expected = keys.map(shown);
  await first.written();
  const second = await openOn(store);
  assert.equal(
    keys.map(({ psk }) => second.candidates(psk.idCred).map(shown)),
    expected.map((one) => [one]),
  );
});

test('one that is confirmed is there alone', async () => {
  const store = createMemoryStore();
  const first = await openOn(store);
  const keys = [keyOf(1), keyOf(2)] as const;
  const references = keys.map(({ psk }) => psk.idCred);
  first.keep(keys[0], undefined);
  first.keep(keys[1], keys[0]);
  first.confirm(keys[1]);
  await first.written();
  const second = await openOn(store);
  assert.equal(
    references.map((idCred) => second.candidates(idCred).length),
    [0, 1],
  );
});

test('a row that does not open is none, and is reported', async () => {
  const store = createMemoryStore();
  const first = await openOn(store);
  first.keep(keyOf(1), undefined);
  await first.written();
  const [row] = await store.range(Uint8Array.of(0x6b), 1);
  const altered = row!.value.slice();
  altered[altered.length - 1]! ^= 1;
  await store.commit({ puts: [{ key: row!.key, value: altered }] });
  const failures: string[] = [];
  const second = await openOn(store, failures);
  assert.ok(second.isEmpty);
  assert.match(failures.join(), 'sealInvalid');
});

test('no key lies in the store as it is', async () => {
  const store = createMemoryStore();
  const first = await openOn(store);
  first.keep(keyOf(9), undefined);
  await first.written();
  const [row] = await store.range(Uint8Array.of(0x6b), 1);
  assert.not.ok(toHex(row!.value).includes('09'.repeat(16)));
});

test.run();
