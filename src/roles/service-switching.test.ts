// SPDX-License-Identifier: Apache-2.0

/** A PN that is to move, as PNEs ask for it: by its owner or an administrator, to a gateway that may take it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Wish } from './service-message.ts';
import { assignAdmin, releaseAdmin, removeMember, switchNetwork } from './service-wishes.ts';
import { grantTo, type Right, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('service switching');
const HOME = 1;
const { ok, notAuthorized, notOwner, badRequest, groupUnknown } = Status;
const OWNER: readonly Right[] = Object.freeze(['gateway-request', 'admin-assign', 'admin-add']);

/** Gateway b may take PN 1. pne-1 owns it, pne-2 is in it. */
function home(
  rights: Readonly<Record<string, readonly Right[]>> = { 'pne-1': OWNER },
  takes: readonly Right[] = [['gateway-switch', 1]],
): ServiceNetwork {
  const network = new ServiceNetwork(rights, { devices: ['pne-1', 'pne-2'], gateways: ['a', 'b'] });
  grantTo(network.gatewayAuthority, 1, { b: takes });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1', 'pne-2'] });
  network.settle();
  return network;
}

function statuses(network: ServiceNetwork, id: string, ...wishes: readonly Wish[]): number[] {
  return wishes.map((wish) => network.answer(id, wish).status);
}

// The first test of a suite has less of XS's stack than those behind it.
test('an owner without a grant moves nothing', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1'] });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1'] });
  network.settle();
  const { commits } = network.store;
  assert.is(network.answer('pne-1', switchNetwork(HOME, 'b')).status, notAuthorized);
  assert.equal([network.store.commits, network.store.switches.size], [commits, 0]);
});

test('what its owner asks for is stored with who has asked, and the PN stays until then', () => {
  const network = home({ 'pne-1': [['gateway-request', 1]] });
  const { key } = network.keys.groups[0]!;
  assert.is(network.answer('pne-1', switchNetwork(HOME, 'b')).status, ok);
  const asker = { role: 'pne', name: 'pne-1' };
  assert.equal([...network.store.switches.values()], [{ reference: HOME, gateway: 'b', asker }]);
  assert.equal([network.keys.groups[0]!.gateway, network.keys.groups[0]!.key], [undefined, key]);
});

test('a grant for another PN, or of another operation, moves nothing', () => {
  const others: Right[] = ['gateway-switch', 'admin-add', 'admin-assign', 'pn-release', 'pn-setup'];
  const network = home({ 'pne-1': [['gateway-request', 2], ...others] });
  assert.equal(statuses(network, 'pne-1', switchNetwork(HOME, 'b')), [notAuthorized]);
  assert.is(network.store.switches.size, 0);
});

test('who does not own it moves nothing, whatever his grants are; an administrator does, while he is one', () => {
  const network = home({ 'pne-1': OWNER, 'pne-2': OWNER });
  assert.is(network.answer('pne-2', switchNetwork(HOME, 'b')).status, notOwner);
  network.answer('pne-1', assignAdmin(HOME, 'pne-2'));
  assert.is(network.answer('pne-2', switchNetwork(HOME, 'b')).status, ok);
  assert.is(network.store.switches.get(HOME)?.asker.name, 'pne-2');
  network.answer('pne-1', releaseAdmin(HOME, 'pne-2'));
  assert.is(network.answer('pne-2', switchNetwork(HOME, 'b')).status, notOwner);
  network.answer('pne-1', assignAdmin(HOME, 'pne-2'));
  network.answer('pne-1', removeMember(HOME, 'pne-2'));
  assert.is(network.answer('pne-2', switchNetwork(HOME, 'b')).status, notOwner);
});

test('a gateway that may not take it, or is none, does not get it', () => {
  const network = home({ 'pne-1': OWNER }, [['gateway-switch', 2]]);
  assert.equal(statuses(network, 'pne-1', ...['a', 'b', 'c', 'pne-1'].map((to) => switchNetwork(HOME, to))), [
    ...Array(4).fill(notAuthorized),
  ]);
  // A grant of a PNE with this name is none of the gateway's.
  grantTo(network.authority, 2, { c: [['gateway-switch', 1]] });
  assert.is(network.answer('pne-1', switchNetwork(HOME, 'c')).status, notAuthorized);
  assert.is(network.store.switches.size, 0);
});

test('a service group, a PN that there is not and a wish of another form are refused', () => {
  const network = home();
  network.keys.create({ kind: 'service', name: 'lights', owner: 'pne-1', members: ['pne-1'] });
  const wrong = [
    switchNetwork(2, 'b'),
    switchNetwork(3, 'b'),
    switchNetwork(HOME, ''),
    switchNetwork(HOME, 'b\n'),
    { ...switchNetwork(HOME, 'b'), texts: [] },
    { ...switchNetwork(HOME, 'b'), texts: ['b', 'a'] },
  ];
  assert.equal(statuses(network, 'pne-1', ...wrong), [
    ...[groupUnknown, groupUnknown],
    ...Array(4).fill(badRequest),
  ]);
  assert.is(network.store.switches.size, 0);
});

test('a PNE whose keys are revoked moves nothing', () => {
  const network = home();
  network.keys.revoke('pne-1');
  network.settle();
  assert.is(network.answer('pne-1', switchNetwork(HOME, 'b')).status, notAuthorized);
});

test('the newest that is asked for counts, and what could not be stored is not answered', () => {
  const network = home();
  grantTo(network.gatewayAuthority, 2, { a: [['gateway-switch', 1]] });
  assert.equal(statuses(network, 'pne-1', switchNetwork(HOME, 'b'), switchNetwork(HOME, 'a')), [ok, ok]);
  assert.is(network.store.switches.get(HOME)?.gateway, 'a');
  network.store.isFull = true;
  const answers = network.asked('pne-1', switchNetwork(HOME, 'b'));
  network.pass(3000);
  assert.equal([answers, network.store.switches.get(HOME)?.gateway], [[], 'a']);
  network.store.isFull = false;
  network.pass(60_000);
  assert.equal([answers[0]?.status, network.store.switches.get(HOME)?.gateway], [ok, 'b']);
});

test('a server that ends between store and answer has it once, and answers the same', () => {
  const network = home();
  assert.is(network.answeredBehindEnd('pne-1', switchNetwork(HOME, 'b')).status, ok);
  assert.is(network.store.switches.get(HOME)?.gateway, 'b');
});

test.run();
