// SPDX-License-Identifier: Apache-2.0

/** PNEs that ask a server program for service groups and PNs, by what `admin grant --may` gives them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServiceAnswer, Wish } from '../../roles/service-message.ts';
import {
  addAdminee,
  assignAdmin,
  capabilitiesIn,
  chooseNetwork,
  createGroup,
  describeDevice,
  devicesIn,
  discoverGroups,
  groupsIn,
  listDevices,
  listNetworks,
  networksIn,
  referenceIn,
  releaseNetwork,
  removeMember,
  setUpNetwork,
  transferGroup,
} from '../../roles/service-wishes.ts';
import { Status } from '../../roles/status.ts';
import { until } from '../listener.testing.ts';
import { Deployment } from './deployment.testing.ts';

const test = suite('services of programs');
const PNES = Object.freeze(['pne-1', 'pne-2', 'pne-3']);
const OWNER = 'group-create,group-own,group-discover,group-transfer,group-remove';

async function withDeployment(work: (deployment: Deployment) => Promise<void>): Promise<void> {
  const deployment = await Deployment.startWithGroups(PNES);
  try {
    await work(deployment);
  } finally {
    await deployment.close();
  }
}

function services(deployment: Deployment, id: string) {
  return deployment.pnes.find(({ pneId }) => pneId === id)!.services!;
}

function ask(deployment: Deployment, id: string, wish: Wish): Promise<ServiceAnswer> {
  return new Promise((resolve, reject) =>
    services(deployment, id).ask(wish, (answer) =>
      answer === undefined ? reject(new Error('no answer')) : resolve(answer),
    ),
  );
}

function holds(deployment: Deployment, id: string, reference: number): boolean {
  return services(deployment, id).groups.some((group) => group.reference === reference);
}

/** What was granted is known to the server before the next wish. */
async function grant(deployment: Deployment, id: string, may: string): Promise<void> {
  await deployment.admin('grant', id, '--may', may);
  const isAllowed = async () => (await ask(deployment, id, discoverGroups())).status === Status.ok;
  for (let tries = 0; tries < 100 && !(await isAllowed()); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

test('a group that a PNE makes, over a restart of its server, to its last member', () =>
  withDeployment(async (deployment) => {
    assert.is((await ask(deployment, 'pne-1', createGroup('lights'))).status, Status.notAuthorized);
    await grant(deployment, 'pne-1', OWNER);
    const reference = referenceIn(await ask(deployment, 'pne-1', createGroup('lights', 'lighting')));
    await deployment.stopServer();
    const again = ask(deployment, 'pne-1', createGroup('lights', 'lighting'));
    await deployment.startServer();
    assert.is(referenceIn(await again), reference);
    for (const id of ['pne-2', 'pne-3']) {
      await grant(deployment, id, `group-discover,group-join:${reference},group-own,group-remove`);
      const [found] = groupsIn(await ask(deployment, id, discoverGroups(0, 'lighting'))).entries;
      assert.equal([found?.name, found?.mayJoin], ['lights', true]);
      services(deployment, id).join(reference);
      await until(() => holds(deployment, id, reference), `${id} has joined`);
    }
    assert.is((await ask(deployment, 'pne-1', transferGroup(reference, 'pne-2'))).status, Status.ok);
    assert.is((await ask(deployment, 'pne-1', removeMember(reference, 'pne-3'))).status, Status.notOwner);
    assert.is((await ask(deployment, 'pne-2', removeMember(reference, 'pne-3'))).status, Status.ok);
    await until(() => !holds(deployment, 'pne-3', reference), 'pne-3 has no key any more');
    services(deployment, 'pne-1').leave(reference);
    await until(() => !holds(deployment, 'pne-1', reference), 'pne-1 has left');
    assert.match(
      (await deployment.admin('group', 'list')).join('\n'),
      /^2 {2}service group lights {2}for lighting {2}epoch \d+ {2}owner pne-2 {2}pne-2$/,
    );
  }));

test('an administrator of a PN that takes in another, through a server that starts anew; the list shows it', () =>
  withDeployment(async (deployment) => {
    await grant(deployment, 'pne-1', 'pn-setup,admin-assign:1');
    const reference = referenceIn(await ask(deployment, 'pne-1', setUpNetwork('home')));
    await deployment.admin('group', 'add', `${reference}`, 'pne-2');
    const add = () => ask(deployment, 'pne-2', addAdminee(reference, 'pne-3'));
    await grant(deployment, 'pne-2', 'admin-add');
    assert.is((await add()).status, Status.notOwner);
    assert.is((await ask(deployment, 'pne-1', assignAdmin(reference, 'pne-2'))).status, Status.ok);
    await deployment.stopServer();
    const added = add();
    await deployment.startServer();
    assert.is((await added).status, Status.ok);
    await until(() => holds(deployment, 'pne-3', reference), 'pne-3 has its key');
    const [line] = await deployment.admin('group', 'list');
    assert.match(
      line!,
      /^1 {2}PN home {2}epoch 3 {2}owner pne-1 {2}administrators pne-2 {2}pne-1 pne-2 pne-3$/,
    );
  }));

test('a PN that a PNE sets up of two, which one of them leaves for another, and its owner releases', () =>
  withDeployment(async (deployment) => {
    const rights = 'group-discover,pn-setup,pn-choose,pn-join,pn-release';
    for (const id of PNES) await grant(deployment, id, rights);
    await deployment.admin('group', 'create-pn', 'office');
    const reference = referenceIn(await ask(deployment, 'pne-1', setUpNetwork('home', ['pne-2'])));
    await until(() => holds(deployment, 'pne-2', reference), 'pne-2 has its key');
    await deployment.stopServer();
    const listed = ask(deployment, 'pne-2', listNetworks());
    await deployment.startServer();
    const office = networksIn(await listed).entries.find(({ name }) => name === 'office')!;
    assert.is((await ask(deployment, 'pne-2', chooseNetwork(office.reference))).status, Status.ok);
    await until(() => holds(deployment, 'pne-2', office.reference), 'pne-2 is in the other');
    assert.is((await ask(deployment, 'pne-1', releaseNetwork(reference))).status, Status.ok);
    await until(() => !holds(deployment, 'pne-1', reference), 'pne-1 has no key any more');
    const [line, ...others] = await deployment.admin('group', 'list');
    assert.match(line!, /^\d {2}PN office {2}epoch \d+ {2}pne-2$/);
    assert.equal(others, []);
  }));

test('a PNE reads which devices its PN has and what they can do, as far as its grant goes', () =>
  withDeployment(async (deployment) => {
    await grant(deployment, 'pne-1', 'group-discover,devices-read:1,devices-capabilities:1');
    await deployment.admin('group', 'create-pn', 'home', 'pne-1', 'pne-2');
    await deployment.admin('group', 'create-pn', 'office', 'pne-3');
    await deployment.admin('group', 'create', 'lights', 'pne-2', '--service', 'lighting');
    await until(() => holds(deployment, 'pne-2', 2), 'pne-2 has the keys of its groups');
    const found = devicesIn(await ask(deployment, 'pne-1', listDevices(1)));
    assert.equal(
      found.entries.map(({ pneId, isHere }) => [pneId, isHere]),
      [
        ['pne-1', true],
        ['pne-2', true],
      ],
    );
    const able = capabilitiesIn(await ask(deployment, 'pne-1', describeDevice(1, 'pne-2')));
    assert.equal([able.isHere, able.services], [true, ['lighting']]);
    assert.is((await ask(deployment, 'pne-1', listDevices(3))).status, Status.notAuthorized);
    assert.is((await ask(deployment, 'pne-2', listDevices(1))).status, Status.notAuthorized);
  }));

test('a grant without them takes rights back, and one that says nonsense is told why', () =>
  withDeployment(async (deployment) => {
    await grant(deployment, 'pne-1', OWNER);
    await deployment.admin('grant', 'pne-1');
    let status: number = Status.ok;
    for (let tries = 0; tries < 100 && status === Status.ok; tries++) {
      status = (await ask(deployment, 'pne-1', discoverGroups())).status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.is(status, Status.notAuthorized);
    const failing: [RegExp, string][] = [
      [/--may takes .*group-create.*not group-make/, 'group-make'],
      [/not admin-release/, 'admin-release'],
      [/group-join is not for 1/, 'group-join:1'],
      [/pn-join is not for 2/, 'pn-join:2'],
      [/names 7 groups at most/, [2, 4, 6, 8, 10, 12, 14, 16].map((at) => `group-join:${at}`).join()],
    ];
    for (const [what, may] of failing) {
      const error = await deployment.admin('grant', 'pne-1', '--may', may).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      assert.match(String(error?.message), what);
    }
  }));

test.run();
