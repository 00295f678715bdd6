// SPDX-License-Identifier: Apache-2.0

/** An external entity at a server program that publishes to a service group, and asks what devices can do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ccsCredential } from '../../handshake/credential.ts';
import type { CapabilitiesOutcome, PublishOutcome } from '../../roles/entity-requests.ts';
import { createNodeProvider } from '../crypto/provider.ts';
import { type NodeEntity, startExternalEntity } from '../external-entity.ts';
import { openIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { Deployment } from './deployment.testing.ts';

const test = suite('entities and groups');
const provider = createNodeProvider();

interface Publisher extends Pick<NodeEntity, 'close'> {
  readonly isThere: () => boolean;
  publish(group: number, value: unknown): Promise<PublishOutcome>;
  query(pneId: string): Promise<CapabilitiesOutcome>;
}

function open(deployment: Deployment, folder: string): Publisher {
  let isThere = false;
  const entity = startExternalEntity({
    provider,
    identity: openIdentity(provider, join(folder, 'identity'), ''),
    server: deployment.serverUrl,
    serverCredential: ccsCredential(Uint8Array.from(readFileSync(deployment.serverCredentialPath))),
    follows: false,
    onReading(): void {},
    onDropped(): void {},
    onDevice(): void {},
    onServer: (there) => {
      isThere = there;
    },
    onAgreed(): void {},
    onRefused(): void {},
    onServerUnreachable(): void {},
  });
  return {
    close: entity.close,
    isThere: () => isThere,
    publish: (group, value) => new Promise((resolve) => entity.publish(group, value, resolve)),
    query: (pneId) => new Promise((resolve) => entity.query(pneId, resolve)),
  };
}

const led = ({ contents }: Deployment['pnes'][number]) =>
  contents.filter((value) => 'led' in (value as object)).map((value) => (value as { led: unknown }).led);

test('what it publishes reaches the members that there are, over a restart of the server, until it is revoked', async () => {
  const deployment = await Deployment.start(['pne-1', 'pne-2', 'pne-3']);
  await deployment.admin('group', 'create', 'lights', 'pne-1', 'pne-2', '--service', 'lighting');
  await deployment.says('group');
  const folder = await deployment.addEntity('panel', '--publish', '2', '--capabilities');
  const panel = open(deployment, folder);
  await until(panel.isThere, 'the server is there');
  assert.equal(await panel.publish(2, { led: 1 }), { outcome: 'queued', queued: 2, missed: 0 });
  const [one, two, three] = deployment.pnes;
  await until(() => led(one!).length === 1 && led(two!).length === 1, 'both have it');
  assert.equal(await panel.publish(4, { led: 9 }), { outcome: 'notAuthorized' });
  one!.report({ temperature: 20, motion: true });
  await until(() => one!.accepted.length === 1, 'a reading is stored');
  const told = await panel.query('pne-1');
  assert.is(told.outcome, 'told');
  if (told.outcome === 'told') {
    assert.equal([told.isHere, told.services], [true, ['lighting']]);
    assert.ok(told.fields.every((name) => ['temperature', 'motion'].includes(name)));
  }
  assert.equal(await panel.query('pne-9'), { outcome: 'entityUnknown' });
  await deployment.stopServer();
  await until(() => !panel.isThere(), 'the server is away');
  await deployment.startServer();
  await until(panel.isThere, 'the server is there');
  await deployment.admin('group', 'remove', '2', 'pne-2');
  await deployment.says('group', 3);
  assert.equal(await panel.publish(2, { led: 2 }), { outcome: 'queued', queued: 1, missed: 0 });
  await until(() => led(one!).length === 2, 'the one that is left has it');
  assert.equal([led(one!), led(two!), led(three!)], [[1, 2], [1], []]);
  await deployment.admin('grant-entity', 'panel', '--read', 'all');
  let last: PublishOutcome = { outcome: 'unknown' };
  while (last.outcome !== 'notAuthorized') last = await panel.publish(2, { led: 3 });
  assert.equal(await panel.query('pne-1'), { outcome: 'notAuthorized' });
  panel.close();
  await deployment.close();
});

test('admin says what is no group', async () => {
  const deployment = await Deployment.start(['pne-1']);
  await deployment.addEntity('panel', '--publish', '2');
  for (const [word, message] of [
    ['1', /1 is no service group/],
    ['x', /x is no service group/],
    ['2,4,6,8,10,12,14,16', /names 7 devices and groups at most/],
  ] as const) {
    try {
      await deployment.admin('grant-entity', 'panel', '--publish', word);
      assert.unreachable(word);
    } catch (error) {
      assert.match((error as Error).message, message);
    }
  }
  await deployment.close();
});

test.run();
