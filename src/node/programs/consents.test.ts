// SPDX-License-Identifier: Apache-2.0

/** Consent at a server program: contents of PNEs that an entity with a grant reads once whoever administers says so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EntityPermission } from '../../authorization/entity-access.ts';
import { ccsCredential } from '../../handshake/credential.ts';
import { createNodeProvider } from '../crypto/provider.ts';
import { openIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { Deployment } from './deployment.testing.ts';
import { type Follower, follow } from './follower.testing.ts';

const test = suite('consent at a server');
const provider = createNodeProvider();
const { access, consentRequired } = EntityPermission;

function followAt(deployment: Deployment, folder: string): Follower {
  return follow({
    provider,
    identity: openIdentity(provider, join(folder, 'identity'), ''),
    server: deployment.serverUrl,
    serverCredential: ccsCredential(Uint8Array.from(readFileSync(deployment.serverCredentialPath))),
  });
}

async function report(deployment: Deployment, value: unknown): Promise<void> {
  const pne = deployment.pnes[0]!;
  const { length } = pne.accepted;
  pne.report(value);
  await until(() => pne.accepted.length > length, 'a reading is stored');
}

test('readings pass once admin consents, and until it is taken back, over restarts of the server', async () => {
  const deployment = await Deployment.start(['pne-1']);
  assert.equal(await deployment.admin('openness', 'ask', 'pne-1'), [
    'contents of pne-1 are open where whoever administers consents',
  ]);
  const folder = await deployment.addEntity('bridge', '--read', 'all');
  const reader = followAt(deployment, folder);
  const becomes = (permissions: number) =>
    until(() => reader.devices.get('pne-1') === permissions, `it may ${permissions}`);
  await becomes(consentRequired);
  await deployment.says('consent-asked');
  await report(deployment, 1);
  const [line, ...others] = await deployment.admin('asks');
  assert.match(line!, /^1 bridge wants to read pne-1: waits for an answer until 20/);
  assert.equal(others, []);
  await deployment.stopServer();
  await deployment.startServer();
  assert.equal(await deployment.admin('consent', '1'), ['1 consented']);
  await becomes(access);
  await report(deployment, 2);
  await until(() => reader.readings.length === 1, 'a reading');
  await deployment.stopServer();
  await deployment.startServer();
  await report(deployment, 3);
  await until(() => reader.readings.length === 2, 'a reading after a restart');
  assert.equal(await deployment.admin('refuse', '1'), ['1 refused']);
  await becomes(0);
  await report(deployment, 4);
  await deployment.admin('consent', '1');
  await becomes(access);
  await report(deployment, 5);
  await until(() => reader.readings.length === 3, 'a reading once it is given again');
  assert.equal(reader.readings, [2, 3, 5]);
  reader.close();
  await deployment.close();
});

test('openness that is taken back ends reading; a closed PNE is read by nobody, and nobody is asked', async () => {
  const deployment = await Deployment.start(['pne-1']);
  const reader = followAt(deployment, await deployment.addEntity('bridge', '--read', 'all'));
  await until(() => reader.devices.get('pne-1') === access, 'it may read');
  await report(deployment, 1);
  await until(() => reader.readings.length === 1, 'a reading');
  await deployment.admin('openness', 'closed', 'pne-1');
  await until(() => reader.devices.get('pne-1') === 0, 'it may not read');
  await report(deployment, 2);
  assert.equal(await deployment.admin('asks'), []);
  await deployment.admin('openness', 'open', 'pne-1');
  await until(() => reader.devices.get('pne-1') === access, 'it may read');
  await report(deployment, 3);
  await until(() => reader.readings.length === 2, 'a reading');
  assert.equal(reader.readings, [1, 3]);
  reader.close();
  await deployment.close();
});

test('an entity that is revoked waits for nobody, and one that is removed leaves no answer to its name', async () => {
  const deployment = await Deployment.start(['pne-1']);
  await deployment.admin('openness', 'ask', 'pne-1', '--owner', 'pne-1');
  const folder = await deployment.addEntity('bridge', '--read', 'all');
  const reader = followAt(deployment, folder);
  await deployment.says('consent-asked');
  assert.match((await deployment.admin('asks'))[0]!, /waits for an answer of pne-1/);
  await deployment.admin('revoke-entity', 'bridge');
  assert.equal(await deployment.admin('asks'), []);
  await deployment.admin('grant-entity', 'bridge', '--read', 'all');
  await deployment.says('consent-asked', 2);
  await deployment.admin('consent', '2');
  await until(() => reader.devices.get('pne-1') === access, 'it may read');
  await deployment.admin('remove-entity', 'bridge');
  assert.equal(await deployment.admin('asks'), []);
  await deployment.admin('add-entity', join(folder, 'credential'), '--read', 'all');
  await deployment.says('consent-asked', 3);
  reader.close();
  await deployment.close();
});

test('admin says what is wrong', async () => {
  const deployment = await Deployment.start(['pne-1']);
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['openness', 'ask'], /takes open, ask or closed, and names/],
    [['openness', 'half', 'pne-1'], /half is none of open, ask and closed/],
    [['openness', 'ask', 'pne-7'], /no device is called pne-7/],
    [['openness', 'ask', 'pne-1', '--owner', 'pne-8'], /no device is called pne-8/],
    [['consent'], /numbers of questions are needed/],
    [['consent', '3'], /nothing was asked by number 3/],
    [['refuse', 'bridge'], /nothing was asked by number bridge/],
  ];
  await deployment.assertRefused(wrong);
  await deployment.close();
});

test.run();
