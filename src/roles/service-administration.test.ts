// SPDX-License-Identifier: Apache-2.0

/** Administrators and adminees of a PN, as PNEs ask for them: added, assigned, changed, released and removed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../node-limits.ts';
import { administratorsOf } from './administrators.ts';
import type { GroupDevice } from './group-device.testing.ts';
import type { Wish } from './service-message.ts';
import {
  addAdminee,
  assignAdmin,
  changeAdmin,
  chooseNetwork,
  listNetworks,
  networksIn,
  releaseAdmin,
  removeMember,
  setUpNetwork,
} from './service-wishes.ts';
import { grantTo, type Right, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('service administration');
const RIGHTS: readonly Right[] = Object.freeze([
  ...(['pn-setup', 'pn-join', 'pn-choose', 'pn-release'] as const),
  ...(['admin-add', 'admin-assign', 'admin-change'] as const),
]);
const HOME = 1;
const { ok, notAuthorized, notOwner, entityUnknown, badRequest, groupUnknown, full, networkTaken } = Status;

const granted = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, RIGHTS]));

function homeOf({ keys }: ServiceNetwork) {
  return keys.groups.find(({ reference }) => reference === HOME)!;
}

function membersOf(network: ServiceNetwork): string {
  return homeOf(network)
    .members.map(({ pneId }) => pneId)
    .join(' ');
}

function adminsOf(network: ServiceNetwork): string {
  return administratorsOf(homeOf(network)).join(' ');
}

/** Who has the key of the PN. */
function holders(network: ServiceNetwork): string {
  const hasIt = ({ keys }: GroupDevice) => keys.groups.some(({ reference }) => reference === HOME);
  const own = [...network.devices].filter(([, device]) => hasIt(device));
  return own.map(([id]) => id).join(' ');
}

/** pne-1 owns it; the others are its adminees, all with all rights. */
function home(devices: readonly string[], adminees: readonly string[] = devices.slice(1)): ServiceNetwork {
  const network = new ServiceNetwork(granted(...devices), { devices });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1', ...adminees] });
  network.settle();
  return network;
}

const everyWish = (pneId: string): Wish[] => [
  addAdminee(HOME, pneId),
  removeMember(HOME, pneId),
  assignAdmin(HOME, pneId),
  changeAdmin(HOME, pneId, 'pne-1'),
  releaseAdmin(HOME, pneId),
];

function statuses(network: ServiceNetwork, id: string, wishes: readonly Wish[]): number[] {
  return wishes.map((wish) => network.answer(id, wish).status);
}

// The first test of a suite has less of XS's stack than those behind it.
test('an owner without a grant administers nothing', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1'] });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1', 'x'] });
  network.settle();
  const { commits } = network.store;
  assert.equal(statuses(network, 'pne-1', everyWish('x')), Array(5).fill(notAuthorized));
  assert.equal([membersOf(network), adminsOf(network), network.store.commits], ['pne-1 x', '', commits]);
});

test('each wish takes the operation of its own, for that PN or all', () => {
  const network = home(['pne-1'], ['x']);
  const only = (right: Right) => {
    grantTo(network.authority, ++sequence, { 'pne-1': [right] });
    return statuses(network, 'pne-1', everyWish('x')).map((status) => status !== notAuthorized);
  };
  let sequence = 1;
  for (const number of [0, 1]) {
    assert.equal(only(['admin-assign', number]), [false, false, true, false, true]);
    assert.equal(only(['admin-change', number]), [false, false, false, true, false]);
    assert.equal(only(['admin-add', number]), [true, true, false, false, false]);
    network.keys.add(HOME, 'x');
  }
  assert.equal(only(['admin-add', 2]), Array(5).fill(false));
  assert.equal(only('admin-release'), Array(5).fill(false));
});

test('adminees and strangers administer nothing, whatever their grants are', () => {
  const network = home(['pne-1', 'pne-2', 'pne-3'], ['pne-2']);
  network.answer('pne-1', assignAdmin(HOME, 'pne-2'));
  network.keys.add(HOME, 'x');
  const { commits } = network.store;
  for (const wishes of [everyWish('x'), everyWish('pne-2')])
    assert.equal(statuses(network, 'pne-3', wishes), Array(5).fill(notOwner));
  assert.is(network.answer('pne-3', releaseAdmin(HOME)).status, notAuthorized);
  network.keys.add(HOME, 'pne-3');
  network.settle();
  for (const wishes of [everyWish('x'), everyWish('pne-2')])
    assert.equal(statuses(network, 'pne-3', wishes), Array(5).fill(notOwner));
  assert.is(network.store.commits, commits + 1);
  assert.equal([membersOf(network), adminsOf(network)], ['pne-1 pne-2 x pne-3', 'pne-2']);
});

test('an administrator takes adminees in and out, in place of the owner, and nobody above them', () => {
  const network = home(['pne-1', 'pne-2', 'pne-3'], ['pne-2']);
  assert.is(network.answer('pne-1', assignAdmin(HOME, 'pne-2')).status, ok);
  const { epoch } = homeOf(network).key;
  assert.is(network.answer('pne-2', addAdminee(HOME, 'pne-3')).status, ok);
  assert.equal([homeOf(network).key.epoch, holders(network)], [epoch + 1, 'pne-1 pne-2 pne-3']);
  network.device('pne-3').keys.publish(HOME, 'new here');
  network.settle();
  assert.equal(network.device('pne-2').contents, [[HOME, 'new here']]);
  assert.is(network.answer('pne-1', assignAdmin(HOME, 'pne-3')).status, ok);
  const above = [removeMember(HOME, 'pne-1'), removeMember(HOME, 'pne-3'), removeMember(HOME, 'pne-2')];
  const owners = [
    assignAdmin(HOME, 'pne-3'),
    changeAdmin(HOME, 'pne-3', 'pne-1'),
    releaseAdmin(HOME, 'pne-3'),
  ];
  assert.equal(statuses(network, 'pne-2', [...above, ...owners]), Array(6).fill(notOwner));
  assert.is(network.answer('pne-1', releaseAdmin(HOME, 'pne-3')).status, ok);
  assert.is(network.answer('pne-2', removeMember(HOME, 'pne-3')).status, ok);
  assert.equal([membersOf(network), holders(network)], ['pne-1 pne-2', 'pne-1 pne-2']);
  assert.is(homeOf(network).key.epoch, epoch + 2);
  assert.equal([adminsOf(network), homeOf(network).owner], ['pne-2', 'pne-1']);
});

test('who is added may be in that PN, and is in no other', () => {
  const network = home(['pne-1', 'pne-2'], []);
  const add = () => network.answer('pne-1', addAdminee(HOME, 'pne-2')).status;
  assert.is(network.answer('pne-1', addAdminee(HOME, 'pne-9')).status, entityUnknown);
  grantTo(network.authority, 2, { 'pne-2': [['pn-join', 2]] });
  assert.is(add(), notAuthorized);
  grantTo(network.authority, 3, { 'pne-2': [['pn-join', 1], 'pn-setup'] });
  network.answer('pne-2', setUpNetwork('own'));
  assert.is(add(), networkTaken);
  network.keys.end(3);
  assert.is(add(), ok);
  assert.equal([membersOf(network), holders(network)], ['pne-1 pne-2', 'pne-1 pne-2']);
  network.keys.revoke('pne-2');
  network.settle();
  assert.is(add(), notAuthorized);
  assert.equal([membersOf(network), holders(network)], ['pne-1', 'pne-1']);
});

test('what is so already is ok, and stored once', () => {
  const network = home(['pne-1', 'pne-2'], ['pne-2', 'x', 'y']);
  const twice = (id: string, wish: Wish) => {
    const { commits } = network.store;
    assert.equal(statuses(network, id, [wish, wish]), [ok, ok]);
    return network.store.commits - commits;
  };
  assert.is(twice('pne-1', addAdminee(HOME, 'pne-2')), 0);
  assert.is(twice('pne-1', assignAdmin(HOME, 'x')), 1);
  assert.is(twice('pne-1', changeAdmin(HOME, 'x', 'pne-2')), 1);
  assert.is(adminsOf(network), 'pne-2');
  assert.is(twice('pne-2', removeMember(HOME, 'y')), 1);
  assert.is(twice('pne-2', releaseAdmin(HOME)), 1);
  assert.is(twice('pne-1', releaseAdmin(HOME, 'pne-2')), 0);
  assert.equal([adminsOf(network), membersOf(network)], ['', 'pne-1 pne-2 x']);
});

test('the owner, who is no member, and one too many are made no administrators', () => {
  const { networkMaxAdmins } = NodeLimits;
  const many = Array.from({ length: networkMaxAdmins + 1 }, (_, at) => `m-${at}`);
  const network = home(['pne-1'], many);
  const refused = [
    assignAdmin(HOME, 'pne-1'),
    assignAdmin(HOME, 'pne-9'),
    changeAdmin(HOME, 'm-0', 'm-1'),
    changeAdmin(HOME, 'm-0', 'm-0'),
    assignAdmin(3, 'm-0'),
    assignAdmin(2, 'm-0'),
    addAdminee(3, 'm-0'),
    { ...assignAdmin(HOME, 'm-0'), texts: [] },
    { ...releaseAdmin(HOME), texts: ['m-0', 'm-1'] },
  ];
  assert.equal(statuses(network, 'pne-1', refused), [
    ...[badRequest, entityUnknown, entityUnknown, badRequest, groupUnknown, groupUnknown, groupUnknown],
    ...[badRequest, badRequest],
  ]);
  const assigned = statuses(
    network,
    'pne-1',
    many.map((id) => assignAdmin(HOME, id)),
  );
  assert.equal(assigned, [...Array(networkMaxAdmins).fill(ok), full]);
  const last = many[networkMaxAdmins]!;
  assert.is(network.answer('pne-1', changeAdmin(HOME, 'm-0', last)).status, ok);
  assert.equal(adminsOf(network), many.slice(1).join(' '));
});

test('who leaves, is removed, revoked or chooses another PN is an administrator no more', () => {
  const network = home(['pne-1', 'pne-2']);
  network.keys.create({ kind: 'pn', name: 'other', members: [] });
  const ways = [
    () => network.device('pne-2').keys.leave(HOME),
    () => network.answer('pne-1', removeMember(HOME, 'pne-2')),
    () => network.answer('pne-2', chooseNetwork(3)),
    () => network.keys.revoke('pne-2'),
  ];
  for (const leave of ways) {
    assert.is(network.answer('pne-1', assignAdmin(HOME, 'pne-2')).status, ok);
    leave();
    network.settle();
    assert.equal([adminsOf(network), membersOf(network)], ['', 'pne-1']);
    network.keys.remove(3, 'pne-2');
    network.keys.add(HOME, 'pne-2');
    network.settle();
    assert.equal([adminsOf(network), membersOf(network)], ['', 'pne-1 pne-2']);
    assert.is.not(network.answer('pne-2', addAdminee(HOME, 'pne-1')).status, ok);
  }
});

test('an administrator that becomes the owner is none; the others stay', () => {
  const network = home(['pne-1', 'pne-2'], ['pne-2', 'x']);
  for (const id of ['pne-2', 'x']) network.answer('pne-1', assignAdmin(HOME, id));
  network.keys.transfer(HOME, 'pne-2');
  network.settle();
  assert.equal([adminsOf(network), homeOf(network).owner], ['x', 'pne-2']);
  assert.is(network.answer('pne-1', releaseAdmin(HOME, 'x')).status, notOwner);
  assert.is(network.answer('pne-2', changeAdmin(HOME, 'x', 'pne-1')).status, ok);
  assert.is(adminsOf(network), 'pne-1');
});

test('a list tells a PNE whether it is an administrator', () => {
  const network = home(['pne-1', 'pne-2']);
  const told = (id: string) =>
    networksIn(network.answer(id, listNetworks())).entries.map(({ isOwner, isAdministrator }) => [
      isOwner,
      isAdministrator,
    ]);
  assert.equal([told('pne-1'), told('pne-2')], [[[true, false]], [[false, false]]]);
  network.answer('pne-1', assignAdmin(HOME, 'pne-2'));
  assert.equal([told('pne-1'), told('pne-2')], [[[true, false]], [[false, true]]]);
});

test('a server that ends between store and answer of each has done it once, and knows it', () => {
  const network = home(['pne-1', 'pne-2'], ['pne-2', 'x']);
  const killed = (id: string, wish: Wish) =>
    assert.equal(network.answeredBehindEnd(id, wish), { commits: 1, status: ok });
  killed('pne-1', assignAdmin(HOME, 'x'));
  killed('pne-1', changeAdmin(HOME, 'x', 'pne-2'));
  assert.is(adminsOf(network), 'pne-2');
  killed('pne-2', removeMember(HOME, 'x'));
  killed('pne-2', releaseAdmin(HOME));
  assert.equal([adminsOf(network), membersOf(network)], ['', 'pne-1 pne-2']);
  network.keys.remove(HOME, 'pne-2');
  network.settle();
  killed('pne-1', addAdminee(HOME, 'pne-2'));
  assert.equal([membersOf(network), holders(network)], ['pne-1 pne-2', 'pne-1 pne-2']);
});

test.run();
