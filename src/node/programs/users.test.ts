// SPDX-License-Identifier: Apache-2.0

/** Users of a server program, by `pne-runtime admin`, and what becomes of their devices. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openKeyStore } from '../key-store.ts';
import { until } from '../listener.testing.ts';
import { revokeUser } from '../users.ts';
import { Deployment } from './deployment.testing.ts';
import { openExistingStore } from './state.ts';

const test = suite('users of programs');

async function withDeployment(work: (deployment: Deployment) => Promise<void>): Promise<void> {
  const deployment = await Deployment.startWithGroups(['pne-1', 'pne-2', 'pne-3']);
  try {
    await deployment.admin('add-user', 'anna', 'Anna B.');
    await deployment.admin('give', 'anna', 'pne-1', 'pne-2');
    await work(deployment);
  } finally {
    await deployment.close();
  }
}

const epochOf = (deployment: Deployment, id: string, reference: number) =>
  deployment.pnes
    .find(({ pneId }) => pneId === id)!
    .services!.groups.find((group) => group.reference === reference)?.epoch;

/** Whether the user key of a device is revoked, as the server's store has it. */
async function isRevoked(deployment: Deployment, id: string): Promise<boolean | undefined> {
  const store = openExistingStore(join(deployment.folder, 'server'));
  try {
    return await new Promise((resolve, reject) =>
      openKeyStore({ store, onFailed: reject }).loadUser(
        id,
        (record) => resolve(record?.isRevoked),
        () => undefined,
      ),
    );
  } finally {
    await store.close();
  }
}

test('users and their devices are on the list, as JSON too, and after a restart of the server', () =>
  withDeployment(async (deployment) => {
    await deployment.stopServer();
    await deployment.startServer();
    assert.equal(await deployment.admin('list-users'), ['anna  Anna B.  pne-1 pne-2']);
    assert.equal(
      (await deployment.admin('list-users', '--json')).map((line) => JSON.parse(line)),
      [{ user: 'anna', name: 'Anna B.', devices: ['pne-1', 'pne-2'], revoked: false }],
    );
    assert.equal(
      (await deployment.admin('add-user', 'bob', '--json')).map((line) => JSON.parse(line)),
      [{ user: 'bob', outcome: 'added' }],
    );
    await deployment.assertRefused([
      [['add-user'], /takes an id/],
      [['add-user', 'anna'], /there is a user anna already/],
      [['give', 'anna'], /takes a user, and names of devices/],
      [['give', 'anna', 'pne-9'], /no device is called pne-9/],
      [['give', 'carl', 'pne-3'], /no user is called carl/],
      [['give', 'bob', 'pne-1'], /pne-1 is of anna: admin take pne-1 first/],
      [['take', 'pne-3'], /pne-3 is of no user/],
      [['remove-user', 'carl'], /no user is called carl/],
    ]);
  }));

test('a user who is removed takes the sessions and keys of all his devices with him, and of no other', () =>
  withDeployment(async (deployment) => {
    await deployment.admin('group', 'create', 'lights', 'pne-1', 'pne-2', 'pne-3');
    await until(() => epochOf(deployment, 'pne-1', 2) === 1, 'pne-1 has its key');
    assert.equal(await deployment.admin('remove-user', 'anna'), ['anna removed; revoked: pne-1 pne-2']);
    await deployment.says('revoked', 2);
    await until(() => epochOf(deployment, 'pne-3', 2) === 3, 'pne-3 has a key that they have not');
    deployment.pnes[0]!.report('late');
    deployment.pnes[2]!.report('mine');
    await until(() => deployment.pnes[2]!.accepted.length === 1, 'pne-3 goes on');
    assert.equal([deployment.pnes[0]!.accepted, await deployment.admin('list-users')], [[], []]);
    assert.equal(await deployment.admin('list'), ['pne-1 (no grant)', 'pne-2 (no grant)', 'pne-3']);
    assert.equal([await isRevoked(deployment, 'pne-1'), await isRevoked(deployment, 'pne-3')], [true, false]);
    await deployment.admin('grant', 'pne-1');
    await until(() => deployment.pnes[0]!.accepted.length === 1, 'pne-1, which stands for itself again');
  }));

test('an administrator that is killed behind the revocation leaves nothing to devices, and a user to remove', () =>
  withDeployment(async (deployment) => {
    await deployment.admin('group', 'create', 'lights', 'pne-1', 'pne-3');
    await until(() => epochOf(deployment, 'pne-1', 2) === 1, 'pne-1 has its key');
    const store = openExistingStore(join(deployment.folder, 'server'));
    await revokeUser(store, 'anna');
    await store.close();
    // The server itself goes on with it.
    await until(() => epochOf(deployment, 'pne-3', 2) === 2, 'pne-3 has a key that pne-1 has not');
    assert.equal(await deployment.admin('list-users'), [
      'anna  Anna B.  pne-1 pne-2  (to go: admin remove-user anna)',
    ]);
    await deployment.assertRefused([
      [['grant', 'pne-1'], /pne-1 is of anna, who is to go: admin remove-user anna first/],
      [['give', 'anna', 'pne-3'], /anna is to go/],
    ]);
    await deployment.admin('remove-user', 'anna');
    assert.equal(await deployment.admin('list-users'), []);
    await deployment.admin('grant', 'pne-1');
  }));

test('a device that is taken is in no group any more, goes on, and may be given to another', () =>
  withDeployment(async (deployment) => {
    await deployment.admin('group', 'create', 'lights', 'pne-1', 'pne-3');
    await until(() => epochOf(deployment, 'pne-1', 2) === 1, 'pne-1 has its key');
    await deployment.admin('take', 'pne-1');
    await until(() => epochOf(deployment, 'pne-1', 2) === undefined, 'pne-1 has no key of it any more');
    deployment.pnes[0]!.report('still here');
    await until(() => deployment.pnes[0]!.accepted.length === 1, 'pne-1 goes on');
    await deployment.admin('add-user', 'bob');
    await deployment.admin('give', 'bob', 'pne-1');
    await deployment.admin('remove', 'pne-1');
    assert.equal(await deployment.admin('list-users'), ['anna  Anna B.  pne-2', 'bob  bob']);
  }));

test.run();
