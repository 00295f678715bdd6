// SPDX-License-Identifier: Apache-2.0

/** External entities at a server program, by WebSocket: over restarts of either, and over revocation. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ccsCredential } from '../handshake/credential.ts';
import type { ReasonName } from '../refusal.ts';
import type { ReceivedReading } from '../roles/external-entity.ts';
import { TEST_TLS } from './certificate.testing.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { type NodeEntity, startExternalEntity } from './external-entity.ts';
import { openIdentity } from './identity.ts';
import { until } from './listener.testing.ts';
import { Deployment } from './programs/deployment.testing.ts';
import { scratchFolder } from './scratch.testing.ts';

const test = suite('external entity on Node');
const provider = createNodeProvider();

interface Open extends NodeEntity {
  readonly readings: ReceivedReading[];
  readonly taken: (() => void)[];
  readonly devices: Map<string, number>;
  readonly refusals: ReasonName[];
  isThere: boolean;
}

function open(deployment: Deployment, folder: string): Open {
  const entity = startExternalEntity({
    provider,
    identity: openIdentity(provider, join(folder, 'identity'), ''),
    server: deployment.serverUrl,
    serverCredential: ccsCredential(Uint8Array.from(readFileSync(deployment.serverCredentialPath))),
    follows: true,
    onReading(reading, taken): void {
      state.readings.push(reading);
      state.taken.push(taken);
    },
    onDropped: (_dropped, taken) => taken(),
    onDevice: (pneId, permissions) => void state.devices.set(pneId, permissions),
    onServer: (isThere) => {
      state.isThere = isThere;
    },
    onAgreed(): void {},
    onRefused: (reason) => void state.refusals.push(reason),
    onServerUnreachable(): void {},
  });
  const state: Open = {
    ...entity,
    ...{ readings: [], taken: [], devices: new Map(), refusals: [], isThere: false },
  };
  return state;
}

const valuesOf = ({ readings }: Open) => readings.map(({ pneId, value }) => `${pneId} ${value}`);

test('readings come as they are taken from PNEs, and those of a time without the entity or the server afterwards', async () => {
  const deployment = await Deployment.start(['pne-1', 'pne-2']);
  const folder = await deployment.addEntity('bridge', '--read', 'all');
  const first = open(deployment, folder);
  await until(() => first.devices.size === 2, 'two devices');
  assert.equal(
    [...first.devices],
    [
      ['pne-1', 1],
      ['pne-2', 1],
    ],
  );
  const [one, two] = deployment.pnes;
  one!.report(1);
  await until(() => first.readings.length === 1, 'a reading');
  first.taken[0]!();
  two!.report(2);
  await until(() => first.readings.length === 2, 'two readings');
  first.close();
  one!.report(3);
  await until(() => one!.accepted.length === 2, 'a reading is stored');
  await deployment.stopServer();
  await deployment.startServer();
  const again = open(deployment, folder);
  await until(() => again.readings.length === 2, 'what was not taken');
  assert.equal(valuesOf(again), ['pne-2 2', 'pne-1 3']);
  for (const taken of again.taken) taken();
  two!.report(4);
  await until(() => again.readings.length === 3, 'a reading after the restart');
  again.taken[2]!();
  await deployment.stopServer();
  await until(() => !again.isThere, 'the server is away');
  await deployment.startServer();
  await until(() => again.isThere, 'the server is there');
  one!.report(5);
  await until(() => again.readings.length === 4, 'one more');
  assert.equal(valuesOf(again), ['pne-2 2', 'pne-1 3', 'pne-2 4', 'pne-1 5']);
  again.close();
  await deployment.close();
});

test('a content reaches the PNE that a grant names, and no other', async () => {
  const deployment = await Deployment.start(['pne-1', 'pne-2']);
  const entity = open(deployment, await deployment.addEntity('panel', '--command', 'pne-2'));
  await until(() => entity.devices.size === 1, 'a device');
  assert.equal([...entity.devices], [['pne-2', 2]]);
  const outcomes: string[] = [];
  entity.deliver('pne-2', { led: true }, (outcome) => void outcomes.push(outcome));
  entity.deliver('pne-1', { led: true }, (outcome) => void outcomes.push(outcome));
  entity.deliver('pne-9', { led: true }, (outcome) => void outcomes.push(outcome));
  await until(() => outcomes.length === 3, 'three outcomes');
  assert.equal(outcomes, ['notAuthorized', 'notAuthorized', 'delivered']);
  const [one, two] = deployment.pnes;
  assert.equal(
    two!.contents.filter((value) => 'led' in (value as object)),
    [{ led: true }],
  );
  assert.equal(
    one!.contents.filter((value) => 'led' in (value as object)),
    [],
  );
  one!.report(1);
  await until(() => one!.accepted.length === 1, 'a reading is stored');
  assert.equal(entity.readings, []);
  entity.close();
  await deployment.close();
});

test('an entity that is revoked or removed is cut off; what was kept for one that is removed goes', async () => {
  const deployment = await Deployment.start(['pne-1']);
  const folder = await deployment.addEntity('bridge', '--read', 'pne-1');
  const entity = open(deployment, folder);
  await until(() => entity.devices.size === 1, 'a device');
  assert.equal(await deployment.admin('revoke-entity', 'bridge'), ['bridge revoked']);
  await until(() => !entity.isThere, 'it is cut off');
  await until(() => entity.refusals.includes('peerRefused'), 'it is not let in again');
  assert.equal(await deployment.admin('list-entities'), ['bridge (no grant)']);
  deployment.pnes[0]!.report(1);
  await until(() => deployment.pnes[0]!.accepted.length === 1, 'a reading is stored');
  assert.equal(await deployment.admin('grant-entity', 'bridge', '--read', 'all'), ['bridge granted']);
  await until(() => entity.isThere, 'it is let in again');
  deployment.pnes[0]!.report(2);
  await until(() => entity.readings.length === 1, 'a reading');
  assert.equal(valuesOf(entity), ['pne-1 2'], 'what came while it had no grant is not for it');
  assert.equal(await deployment.admin('remove-entity', 'bridge'), ['bridge removed']);
  await until(() => !entity.isThere, 'it is cut off');
  await deployment.says('entities', 2);
  await deployment.admin('add-entity', join(folder, 'credential'), '--read', 'all');
  await until(() => entity.isThere, 'it is let in again');
  deployment.pnes[0]!.report(3);
  await until(() => entity.readings.length === 2, 'a reading');
  assert.equal(valuesOf(entity), ['pne-1 2', 'pne-1 3']);
  entity.close();
  await deployment.close();
});

test('a grant may name a group: who is a member is read, as long as it is one', async () => {
  const deployment = await Deployment.start(['pne-1', 'pne-2']);
  await deployment.admin('group', 'create', 'roof', 'pne-2');
  await deployment.says('group');
  const entity = open(deployment, await deployment.addEntity('bridge', '--read', 'group:2'));
  await until(() => entity.devices.size === 1, 'a device');
  const [one, two] = deployment.pnes;
  one!.report(1);
  two!.report(2);
  await until(() => entity.readings.length === 1, 'a reading');
  assert.equal(valuesOf(entity), ['pne-2 2']);
  await deployment.admin('group', 'remove', '2', 'pne-2');
  await until(() => entity.devices.get('pne-2') === 0, 'no device');
  two!.report(3);
  await until(() => two!.accepted.length === 2, 'a reading is stored');
  await deployment.admin('group', 'add', '2', 'pne-1');
  await until(() => entity.devices.get('pne-1') === 1, 'another device');
  one!.report(4);
  await until(() => entity.readings.length === 2, 'a reading');
  assert.equal(valuesOf(entity), ['pne-2 2', 'pne-1 4']);
  entity.close();
  await deployment.close();
});

test('where the server listens by TLS, CPNS-5 is left to it, bound to the channel', async () => {
  const folder = scratchFolder();
  const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
  writeFileSync(cert, TEST_TLS.cert);
  writeFileSync(key, TEST_TLS.key, { mode: 0o600 });
  const deployment = await Deployment.start(['pne-1'], '--tls-cert', cert, '--tls-key', key);
  const entity = open(deployment, await deployment.addEntity('bridge', '--read', 'all'));
  await until(() => entity.devices.size === 1, 'a device');
  deployment.pnes[0]!.report(1);
  await until(() => entity.readings.length === 1, 'a reading');
  const agreed = deployment.said.find(({ facts }) => facts.interface === 'CPNS-5')!;
  assert.equal([agreed.facts.entity, agreed.facts.protection], ['bridge', 'delegated:tls']);
  entity.close();
  await deployment.close();
});

test('admin says what is wrong with a grant', async () => {
  const deployment = await Deployment.start(['pne-1']);
  const folder = await deployment.addEntity('bridge', '--read', 'all');
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['grant-entity', 'bridge'], /--read or --command/],
    [['grant-entity', 'bridge', '--read', 'pne-7'], /no device is called pne-7/],
    [['grant-entity', 'pne-1', '--read', 'all'], /no external entity is called pne-1/],
    [['grant-entity', '--read', 'all'], /names of external entities/],
    [['add-entity', '--read', 'all'], /takes the credential/],
    [['add-entity', join(folder, 'credential'), '--read', 'all'], /two of bridge/],
    [
      ['grant-entity', 'bridge', '--read', '1,2,3,4,5,6,7,8,9'.replace(/\d/g, 'group:$&')],
      /names 7 devices and groups at most/,
    ],
  ];
  await deployment.assertRefused(wrong);
  await deployment.close();
});

test.run();
