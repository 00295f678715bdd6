// SPDX-License-Identifier: Apache-2.0

/** What gateways ask a server for: PNs of their own and those that they are the gateway of, as their grants permit. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { administratorsOf } from './administrators.ts';
import { askBridge } from './bridge-wish.ts';
import { encodeServiceRequest, type ServiceAnswer, ServiceOperation, type Wish } from './service-message.ts';
import {
  addAdminee,
  assignAdmin,
  changeAdmin,
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
  releaseAdmin,
  releaseNetwork,
  removeMember,
  setUpNetwork,
  switchNetwork,
  transferGroup,
} from './service-wishes.ts';
import { grantTo, type Right, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('gateway services');
const { ok, notAuthorized, notOwner, groupUnknown, networkTaken, entityUnknown, badRequest } = Status;
const HOME = 1;
const JOINS = Object.freeze({ 'pne-1': ['pn-join'], 'pne-2': ['pn-join'] } as const);
const ALL: readonly Right[] = Object.freeze([
  ...(['pn-setup', 'pn-release', 'admin-add', 'admin-assign', 'admin-change', 'gateway-request'] as const),
]);

/** Gateways a and b; PNEs at a. */
function at(
  rights: Readonly<Record<string, readonly Right[]>>,
  pnes: Readonly<Record<string, readonly Right[]>> = JOINS,
): ServiceNetwork {
  const network = new ServiceNetwork(pnes, { devices: ['pne-1', 'pne-2'], gateways: ['a', 'b'] });
  grantTo(network.gatewayAuthority, 1, rights);
  return network;
}

function statuses(network: ServiceNetwork, name: string, ...wishes: readonly Wish[]): number[] {
  return wishes.map((wish) => network.gatewayAnswer(name, wish).status);
}

function homeOf({ keys }: ServiceNetwork) {
  return keys.groups.find(({ reference }) => reference === HOME);
}

function membersOf(network: ServiceNetwork): string | undefined {
  return homeOf(network)
    ?.members.map(({ pneId }) => pneId)
    .join(' ');
}

/** One for each operation. */
const EVERY_WISH: readonly Wish[] = Object.freeze([
  createGroup('lights'),
  discoverGroups(),
  transferGroup(2, 'pne-1'),
  removeMember(HOME, 'pne-1'),
  setUpNetwork('own'),
  listNetworks(),
  chooseNetwork(HOME),
  releaseNetwork(HOME),
  listDevices(HOME),
  describeDevice(HOME, 'pne-1'),
  addAdminee(HOME, 'pne-2'),
  assignAdmin(HOME, 'pne-1'),
  changeAdmin(HOME, 'pne-1', 'pne-2'),
  releaseAdmin(HOME, 'pne-1'),
  switchNetwork(HOME, 'a'),
  askBridge(HOME, 'b'),
]);

// The first test of a suite has less of XS's stack than those behind it.
test('a gateway without a grant sets up nothing', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1'] });
  const { commits } = network.store;
  assert.is(network.gatewayAnswer('gateway', setUpNetwork('home')).status, notAuthorized);
  assert.equal([network.keys.groups, network.store.commits], [[], commits]);
});

test('nor does it do anything else, whatever there is and whatever a PNE of its name may', () => {
  const network = at({});
  network.keys.create({ kind: 'pn', name: 'home', members: ['pne-1'] });
  network.keys.create({ kind: 'service', name: 'lights', owner: 'pne-1', members: ['pne-1'] });
  network.settle();
  assert.equal(
    EVERY_WISH.map(({ operation }) => operation),
    Object.values(ServiceOperation),
  );
  grantTo(network.authority, 2, { a: [...ALL, 'group-create', 'group-own', 'pn-choose', 'devices-read'] });
  const { commits } = network.store;
  assert.equal(statuses(network, 'a', ...EVERY_WISH), Array(EVERY_WISH.length).fill(notAuthorized));
  assert.equal([network.store.commits, network.store.switches.size], [commits, 0]);
});

test('what only PNEs do no grant lets it do', () => {
  const forPnes = ['group-create', 'group-own', 'group-transfer', 'group-remove', 'pn-choose'] as const;
  const network = at({ a: forPnes });
  network.keys.create({ kind: 'pn', name: 'home', members: [] });
  network.keys.create({ kind: 'service', name: 'lights', owner: 'a', members: ['pne-1'] });
  const wishes = [createGroup('x'), transferGroup(2, 'pne-1'), removeMember(2, 'pne-1'), chooseNetwork(HOME)];
  assert.equal(statuses(network, 'a', ...wishes), Array(4).fill(notAuthorized));
});

test('it sets up a PN of those at it that may join and are in none, of those that it lists, or of nobody yet', () => {
  const network = at({ a: ALL, b: ALL }, { 'pne-1': ['pn-join'], 'pne-2': [] });
  assert.is(referenceIn(network.gatewayAnswer('a', setUpNetwork('home', 'paired'))), HOME);
  assert.equal([membersOf(network), homeOf(network)?.owner], ['pne-1', undefined]);
  assert.is(homeOf(network)?.owningGateway, 'a');
  assert.equal(
    network.device('pne-1').keys.groups.map(({ reference }) => reference),
    [HOME],
  );
  // Asked again it is that one.
  assert.is(referenceIn(network.gatewayAnswer('a', setUpNetwork('home', 'paired'))), HOME);
  assert.equal(statuses(network, 'b', setUpNetwork('x', ['pne-1']), setUpNetwork('x', ['pne-2'])), [
    networkTaken,
    notAuthorized,
  ]);
  assert.is(network.gatewayAnswer('b', setUpNetwork('x', ['pne-9'])).status, entityUnknown);
  // Nobody is at b.
  assert.is(referenceIn(network.gatewayAnswer('b', setUpNetwork('x', 'paired'))), 3);
  assert.equal(network.keys.groups.find(({ reference }) => reference === 3)?.members, []);
});

test('its owner ends a PN and nobody else: no other gateway, and no PNE of its name', () => {
  const network = at({ a: ALL, b: ALL, 'pne-1': ALL }, { 'pne-1': ALL, a: ALL });
  network.gatewayAnswer('a', setUpNetwork('home'));
  network.keys.create({ kind: 'pn', name: 'else', owner: 'pne-1', members: ['pne-1'] });
  network.settle();
  assert.equal(statuses(network, 'b', releaseNetwork(HOME), releaseNetwork(3)), [notOwner, notOwner]);
  assert.is(network.answer('pne-1', releaseNetwork(HOME)).status, notOwner);
  // A gateway that is called as the PNE that owns one.
  assert.is(network.gatewayAnswer('pne-1', releaseNetwork(3)).status, notOwner);
  assert.is(network.gatewayAnswer('a', releaseNetwork(HOME)).status, ok);
  assert.equal([homeOf(network), network.gatewayAnswer('a', releaseNetwork(HOME)).status], [undefined, ok]);
});

test('an owner administers its PN', () => {
  const network = at({ a: ALL }, { 'pne-1': ['pn-join', 'admin-add'], 'pne-2': ['pn-join'] });
  network.gatewayAnswer('a', setUpNetwork('home', ['pne-1']));
  assert.equal(
    statuses(network, 'a', assignAdmin(HOME, 'pne-1'), addAdminee(HOME, 'pne-2'), releaseAdmin(HOME)),
    [ok, ok, badRequest],
  );
  assert.equal([membersOf(network), administratorsOf(homeOf(network)!)], ['pne-1 pne-2', ['pne-1']]);
  assert.is(network.gatewayAnswer('a', changeAdmin(HOME, 'pne-1', 'pne-2')).status, ok);
  assert.equal(administratorsOf(homeOf(network)!), ['pne-2']);
  assert.is(network.gatewayAnswer('a', releaseAdmin(HOME, 'pne-2')).status, ok);
  assert.is(network.gatewayAnswer('a', removeMember(HOME, 'pne-2')).status, ok);
  assert.equal([membersOf(network), administratorsOf(homeOf(network)!)], ['pne-1', []]);
});

test('the gateway that a PN is at takes adminees in and out, and nobody above them; another does not', () => {
  const network = at({ a: ALL, b: ALL }, { ...JOINS, 'pne-3': ['pn-join'] });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1'] });
  network.keys.switchGateway(HOME, 'a');
  network.settle();
  const wishes = [addAdminee(HOME, 'pne-2'), removeMember(HOME, 'pne-2')];
  assert.equal(statuses(network, 'b', ...wishes), [notOwner, notOwner]);
  assert.is(network.gatewayAnswer('a', wishes[0]!).status, ok);
  assert.is(membersOf(network), 'pne-1 pne-2');
  assert.equal(
    statuses(network, 'a', removeMember(HOME, 'pne-1'), assignAdmin(HOME, 'pne-2'), releaseNetwork(HOME)),
    Array(3).fill(notOwner),
  );
  assert.is(network.gatewayAnswer('a', wishes[1]!).status, ok);
  network.keys.switchGateway(HOME, 'b');
  network.settle();
  assert.equal(statuses(network, 'a', ...wishes), [notOwner, notOwner]);
});

test('a list has the PNs that it owns, is the gateway of and may take, and no others', () => {
  const network = at({ a: ['pn-setup', ['gateway-switch', 3]], b: [] });
  for (const name of ['else', 'at a', 'taken by a'])
    network.keys.create({ kind: 'pn', name, owner: 'pne-1', members: [] });
  network.keys.switchGateway(3, 'a');
  network.settle();
  network.gatewayAnswer('a', setUpNetwork('own'));
  const { entries } = networksIn(network.gatewayAnswer('a', listNetworks()));
  assert.equal(
    entries.map(({ name, isMember, isOwner, mayChoose }) => [name, isMember, isOwner, mayChoose]),
    [
      ['at a', true, false, false],
      ['taken by a', false, false, true],
      ['own', false, true, false],
    ],
  );
  assert.is(network.gatewayAnswer('b', listNetworks()).status, notAuthorized);
});

test('it reads devices and discovers groups by grants of its own', () => {
  const network = at({ a: [['devices-read', 1], 'group-discover'] });
  network.keys.create({ kind: 'pn', name: 'home', members: ['pne-1'] });
  network.keys.create({ kind: 'service', name: 'lights', members: [] });
  network.settle();
  const { entries } = devicesIn(network.gatewayAnswer('a', listDevices(HOME)));
  assert.equal(entries, [{ pneId: 'pne-1', isHere: true }]);
  assert.is(network.gatewayAnswer('a', describeDevice(HOME, 'pne-1')).status, notAuthorized);
  const [lights] = groupsIn(network.gatewayAnswer('a', discoverGroups())).entries;
  assert.equal(
    [lights?.name, lights?.isMember, lights?.isOwner, lights?.mayJoin],
    ['lights', false, false, false],
  );
});

test('it takes a PN that it may take and ask for, and hands on the one that it is the gateway of', () => {
  const takes: Right = ['gateway-switch', 1];
  const network = at({ a: ['gateway-request', takes], b: ['gateway-request', takes], c: [takes] });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1'] });
  network.settle();
  assert.equal(statuses(network, 'c', switchNetwork(HOME, 'c')), [notAuthorized]);
  assert.equal(statuses(network, 'a', switchNetwork(HOME, 'b'), switchNetwork(3, 'a')), [
    notOwner,
    groupUnknown,
  ]);
  assert.is(network.gatewayAnswer('a', switchNetwork(HOME, 'a')).status, ok);
  const asker = { role: 'gateway', name: 'a' };
  assert.equal([...network.store.switches.values()], [{ reference: HOME, gateway: 'a', asker }]);
  network.keys.switchGateway(HOME, 'a');
  network.settle();
  assert.equal(statuses(network, 'a', switchNetwork(HOME, 'b'), switchNetwork(HOME, 'd')), [
    ok,
    notAuthorized,
  ]);
  assert.is(network.store.switches.get(HOME)?.gateway, 'b');
  grantTo(network.gatewayAuthority, 2, { a: ['gateway-request'] });
  assert.is(network.gatewayAnswer('a', switchNetwork(HOME, 'a')).status, notAuthorized);
});

test('one wish at a time over a link; the same is answered again, and an older one is refused', () => {
  const network = at({ a: ALL });
  const answers: Uint8Array[] = [];
  const serve = network.deskFor('a', (answer) => answers.push(answer));
  const [first, second] = ['one', 'two'].map((name, index) =>
    encodeServiceRequest({ ...setUpNetwork(name), serial: index + 1 }),
  );
  serve(first!);
  assert.throws(() => serve(second!), /queueFull/);
  serve(first!);
  network.settle();
  assert.equal(answers.length, 1);
  serve(first!);
  assert.equal(answers, [answers[0], answers[0]]);
  serve(second!);
  network.settle();
  assert.throws(() => serve(first!), /replay/);
  assert.throws(() => serve(Uint8Array.of(0x81, 14)), /messageInvalid/);
  assert.equal(
    network.keys.groups.map(({ name }) => name),
    ['one', 'two'],
  );
});

test('a grant that is taken away counts for the next wish', () => {
  const network = at({ a: ALL });
  const ask = (): ServiceAnswer => network.gatewayAnswer('a', setUpNetwork('home'));
  assert.is(ask().status, ok);
  network.gatewayAuthority.revoke('a', 2);
  assert.is(ask().status, notAuthorized);
});

test.run();
