// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import { ccsCredential, encodeCcs } from '../handshake/credential.ts';
import { encodeProvisioning } from '../roles/provisioning.ts';
import { createNodeProvider } from './crypto/provider.ts';
import {
  admit,
  credentialIn,
  type Devices,
  enrol,
  GATEWAYS,
  openDevices,
  readAll,
  withdraw,
} from './devices.ts';
import { newIdentity } from './identity.ts';
import { until } from './listener.testing.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';

const test = suite('devices');
const provider = createNodeProvider();
const credentialOf = (name: string, kid?: Uint8Array) => newIdentity(provider, name, kid).credential;

interface Open {
  readonly devices: Devices;
  readonly removed: (readonly string[])[];
}

async function open(store: KeyValueStore): Promise<Open> {
  const removed: (readonly string[])[] = [];
  const devices = await openDevices({
    store,
    onChanged: (gone) => removed.push(gone),
    onFailed: (error) => assert.unreachable(error.message),
  });
  return { devices, removed };
}

test('whoever has them open finds a device that is enrolled later, and no more one that is withdrawn', async () => {
  const store = createMemoryStore();
  const { devices, removed } = await open(store);
  const [a, b] = [credentialOf('a'), credentialOf('b')];
  assert.equal([await enrol(store, a), await enrol(store, b)], ['a', 'b']);
  await until(() => devices.ids.length === 2, 'two devices');
  assert.equal(devices.credentials.candidates(a.idCred), [a]);
  assert.ok(await withdraw(store, 'a'));
  await until(() => devices.ids.length === 1, 'one device');
  assert.equal(devices.credentials.candidates(a.idCred), []);
  assert.equal(devices.credentials.candidates(b.idCred), [b]);
  assert.equal(removed.flat(), ['a']);
  assert.is(await withdraw(store, 'a'), false);
  devices.close();
});

test('one that is enrolled anew with another key is told of as one that is gone', async () => {
  const store = createMemoryStore();
  await enrol(store, credentialOf('a'));
  const { devices, removed } = await open(store);
  assert.equal(devices.ids, ['a']);
  await withdraw(store, 'a');
  await enrol(store, credentialOf('a'));
  await until(() => removed.flat().length > 0, 'the change');
  assert.equal(removed.flat().at(-1), 'a');
  devices.close();
});

test('who is withdrawn is named until it is enrolled again', async () => {
  const store = createMemoryStore();
  for (const name of ['a', 'b']) await enrol(store, credentialOf(name));
  const { devices } = await open(store);
  assert.equal(devices.withdrawn, []);
  for (const name of ['a', 'b']) await withdraw(store, name);
  await until(() => devices.withdrawn.length === 2, 'two that are withdrawn');
  await enrol(store, credentialOf('a'));
  await until(() => devices.withdrawn.length === 1, 'one that is withdrawn');
  assert.equal(devices.withdrawn, ['b']);
  devices.close();
});

test('a gateway is no device, nor is a device a gateway', async () => {
  const store = createMemoryStore();
  const [device, gateway] = [credentialOf('a'), credentialOf('a')];
  await enrol(store, device);
  await enrol(store, gateway, GATEWAYS);
  assert.equal([await readAll(store), await readAll(store, GATEWAYS)], [[device], [gateway]]);
  assert.ok(await withdraw(store, 'a', GATEWAYS));
  assert.equal([await readAll(store), await readAll(store, GATEWAYS)], [[device], []]);
  assert.equal((await open(store)).devices.withdrawn, []);
});

test('a second device of a name is refused, and the first stays', async () => {
  const store = createMemoryStore();
  const first = credentialOf('a');
  await enrol(store, first);
  const refused = await enrol(store, credentialOf('a')).catch((error: Error) => error.message);
  assert.match(String(refused), /credentialInvalid.*two of a/);
  assert.equal(await readAll(store), [first]);
});

test('more of one reference than are tried are refused', async () => {
  const store = createMemoryStore();
  const kid = Uint8Array.of(1);
  for (let count = 0; count < 8; count += 1) await enrol(store, credentialOf(`pne-${count}`, kid));
  const refused = await enrol(store, credentialOf('pne-8', kid)).catch((error: Error) => error.message);
  assert.match(String(refused), /credentialInvalid/);
  assert.is((await readAll(store)).length, 8);
});

test('a name that is no name is refused', async () => {
  const { curve, publicKey } = newIdentity(provider, 'x').privateKey;
  const nameless = ccsCredential(encodeCcs({ curve, publicKey, kid: Uint8Array.of(1) }));
  for (const credential of [nameless, credentialOf(''), credentialOf('é'.repeat(65))]) {
    const refused = await enrol(createMemoryStore(), credential).catch((error: Error) => error.message);
    assert.match(String(refused), /credentialInvalid/);
  }
});

test('of devices that are enrolled at once none is forgotten', async () => {
  const store = createMemoryStore();
  const names = Array.from({ length: 6 }, (_, index) => `pne-${index}`);
  await Promise.all(names.map((name) => enrol(store, credentialOf(name))));
  assert.equal(
    (await readAll(store)).map(({ subject }) => subject),
    names,
  );
});

test('a provisioning file and a credential name the same device; anything else is refused', () => {
  const { credential, privateKeyBytes } = newIdentity(provider, 'a');
  const provisioning = encodeProvisioning({
    pneId: 'a',
    gatewayAddress: '127.0.0.1',
    gatewayPort: 1,
    privateKey: privateKeyBytes,
    ownCcs: credential.cred,
    gatewayCcs: credential.cred,
    serverCcs: credential.cred,
  });
  assert.equal(credentialIn(provisioning), credential);
  assert.equal(credentialIn(credential.cred), credential);
  assert.is(credential.curve, Curve.P256);
  for (const bytes of [new Uint8Array(0), provisioning.slice(0, -1), Uint8Array.of(0xa0)])
    assert.throws(() => credentialIn(bytes));
});

test('a gateway lets in whom the server admits, once, and replaces nobody', async () => {
  const store = createMemoryStore();
  const [pne, other] = [newIdentity(provider, 'pne-1').credential, newIdentity(provider, 'pne-1').credential];
  assert.is(await admit(store, 'pne-1', pne.cred), true);
  assert.is(await admit(store, 'pne-1', pne.cred), false);
  for (const [id, cred] of [
    ['pne-1', other.cred],
    ['pne-2', pne.cred],
  ] as const) {
    try {
      await admit(store, id, cred);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, 'credentialInvalid');
    }
  }
  assert.equal(
    (await readAll(store)).map(({ cred }) => cred),
    [pne.cred],
  );
});

test.run();
