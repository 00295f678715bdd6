// SPDX-License-Identifier: Apache-2.0

/** PNs that PNEs ask for: of three types, listed, chosen, left and released. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServiceAnswer, Wish } from './service-message.ts';
import {
  chooseNetwork,
  listNetworks,
  networksIn,
  referenceIn,
  releaseNetwork,
  setUpNetwork,
} from './service-wishes.ts';
import { grantTo, PNES, type Right, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('service networks');
const RIGHTS: readonly Right[] = Object.freeze(['pn-setup', 'pn-join', 'pn-choose', 'pn-release']);
const ALL = Object.freeze(Object.fromEntries(PNES.map((id) => [id, RIGHTS])));
const HOME = 1;

function membersOf({ keys }: ServiceNetwork, reference: number): unknown {
  return keys.groups.find((group) => group.reference === reference)?.members.map(({ pneId }) => pneId);
}

/** References of the PNs whose keys the PNEs have. */
function held(network: ServiceNetwork): unknown[] {
  return [...network.devices.values()].map(({ keys }) =>
    keys.groups.map(({ reference }) => reference).join(),
  );
}

function statusOf(answer: ServiceAnswer): number {
  return answer.status;
}

// The first test of a suite has less of XS's stack than those behind it: it asks nobody.
test('a wish for a PN names its members, or says how they are found', () => {
  const wishes = [setUpNetwork('mine'), setUpNetwork('mine', 'paired'), setUpNetwork('mine', ['pne-2'])];
  assert.equal(
    wishes.map(({ number, texts }) => [number, texts.join(' ')]),
    [
      [0, 'mine'],
      [1, 'mine'],
      [2, 'mine pne-2'],
    ],
  );
});

test('who has no grant sets up, lists, chooses and releases nothing', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1'] });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: [] });
  network.settle();
  const wishes = [setUpNetwork('mine'), listNetworks(), chooseNetwork(HOME), releaseNetwork(HOME)];
  for (const wish of wishes) assert.is(network.answer('pne-1', wish).status, Status.notAuthorized);
  assert.equal([network.keys.groups.length, membersOf(network, HOME)], [1, []]);
});

test('a PN of the PNE that asks and its gateway: both have its key, and nobody else', () => {
  const network = new ServiceNetwork(ALL, { gateways: ['a', 'b'] });
  network.connect('pne-3', 'b');
  network.settle();
  assert.is(referenceIn(network.answer('pne-1', setUpNetwork('mine'))), HOME);
  assert.equal(held(network), ['1', '', '']);
  assert.equal(network.told, ['a']);
  network.device('pne-1').keys.publish(HOME, 'here');
  network.settle();
  assert.equal(network.read, [{ at: 'a', sender: 0, value: 'here' }]);
});

test('a PN of whoever is at the gateway, may be in it and is in no other', () => {
  const devices = [...PNES, 'pne-4', 'pne-5'];
  const rights = { ...ALL, 'pne-4': RIGHTS, 'pne-5': ['pn-setup'] as const };
  const network = new ServiceNetwork(rights, { devices, gateways: ['a', 'b'] });
  network.connect('pne-3', 'b');
  network.settle();
  network.answer('pne-4', setUpNetwork('own'));
  const reference = referenceIn(network.answer('pne-1', setUpNetwork('all', 'paired')));
  assert.equal(membersOf(network, reference), ['pne-1', 'pne-2']);
  assert.equal(held(network), ['3', '3', '', '1', '']);
});

test('a PN of those that are listed: all of them, or there is none', () => {
  const network = new ServiceNetwork({ ...ALL, 'pne-2': ['pn-join'] });
  const listed = (...ids: string[]) => network.answer('pne-1', setUpNetwork('home', ids));
  assert.is(listed('pne-2', 'pne-9').status, Status.entityUnknown);
  grantTo(network.authority, 2, { 'pne-2': [['pn-join', 1]] });
  assert.is(listed('pne-2').status, Status.notAuthorized);
  grantTo(network.authority, 3, { 'pne-2': ['pn-join'] });
  network.keys.create({ kind: 'pn', name: 'other', members: ['pne-2'] });
  network.settle();
  assert.is(listed('pne-2').status, Status.networkTaken);
  assert.equal(network.keys.groups.length, 1);
  network.keys.end(HOME);
  const reference = referenceIn(listed('pne-2', 'pne-1', 'pne-2'));
  assert.equal(membersOf(network, reference), ['pne-1', 'pne-2']);
  network.device('pne-2').keys.publish(reference, 'to the PN');
  network.settle();
  assert.equal(network.device('pne-1').contents, [[reference, 'to the PN']]);
});

test('the same name of the same owner is the same PN; who is in one sets up no other', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1', 'pne-2'] });
  const set = (id: string, name: string) => network.answer(id, setUpNetwork(name));
  assert.equal([set('pne-1', 'mine'), set('pne-1', 'mine')].map(referenceIn), [HOME, HOME]);
  assert.is(set('pne-1', 'another').status, Status.networkTaken);
  assert.is(set('pne-2', 'mine').status, Status.ok);
  assert.equal(held(network), ['1', '3']);
  const wrong = [
    { ...setUpNetwork('x'), number: 3 },
    { ...setUpNetwork('x'), texts: ['x', 'pne-2'] },
    { ...setUpNetwork('x'), texts: [] },
    { ...listNetworks(), texts: ['x'] },
  ];
  assert.equal(
    wrong.map((wish) => statusOf(network.answer('pne-2', wish))),
    Array(4).fill(Status.badRequest),
  );
});

test('a PNE chooses from a list, leaves what it was in, and says what it is told there', () => {
  const network = new ServiceNetwork({ ...ALL, 'pne-3': [['pn-choose', 2]] });
  for (const name of ['home', 'office']) network.keys.create({ kind: 'pn', name, members: ['pne-2'] });
  network.keys.remove(3, 'pne-2');
  network.settle();
  network.answer('pne-1', setUpNetwork('mine'));
  const found = networksIn(network.answer('pne-2', listNetworks())).entries;
  assert.equal(
    found.map(({ name, isMember, isOwner, mayChoose, members }) => [
      name,
      isMember,
      isOwner,
      mayChoose,
      members,
    ]),
    [
      ['home', true, false, true, 1],
      ['office', false, false, true, 0],
      ['mine', false, false, true, 1],
    ],
  );
  assert.equal(
    networksIn(network.answer('pne-3', listNetworks())).entries.map(({ name }) => name),
    ['office'],
  );
  assert.is(network.answer('pne-3', chooseNetwork(HOME)).status, Status.notAuthorized);
  assert.is(network.answer('pne-3', chooseNetwork(3)).status, Status.ok);
  assert.is(network.answer('pne-2', chooseNetwork(3)).status, Status.ok);
  const { commits } = network.store;
  assert.is(network.answer('pne-2', chooseNetwork(3)).status, Status.ok);
  assert.is(network.store.commits, commits);
  assert.equal([membersOf(network, HOME), membersOf(network, 3)], [[], ['pne-3', 'pne-2']]);
  assert.equal(held(network), ['5', '3', '3']);
  network.device('pne-2').keys.publish(3, 'new here');
  network.settle();
  assert.equal(network.device('pne-3').contents, [[3, 'new here']]);
  assert.is(network.answer('pne-2', chooseNetwork(9)).status, Status.groupUnknown);
  assert.is(network.answer('pne-2', chooseNetwork(2)).status, Status.groupUnknown);
});

test('a PN is released by its owner alone, and leaves no key; a second time it is released already', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1', 'pne-2'] });
  network.answer('pne-1', setUpNetwork('home', ['pne-2']));
  assert.equal(held(network), ['1', '1']);
  assert.is(network.answer('pne-2', releaseNetwork(HOME)).status, Status.notOwner);
  assert.is(network.answer('pne-1', releaseNetwork(HOME)).status, Status.ok);
  assert.equal([held(network), network.keys.groups.length], [['', ''], 0]);
  assert.is(network.answer('pne-1', releaseNetwork(HOME)).status, Status.ok);
  assert.is(network.answer('pne-1', releaseNetwork(2)).status, Status.groupUnknown);
});

test('who leaves a PN may set up one of its own', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1', 'pne-2'] });
  network.answer('pne-1', setUpNetwork('home', ['pne-2']));
  network.device('pne-2').keys.leave(HOME);
  network.settle();
  assert.is(referenceIn(network.answer('pne-2', setUpNetwork('own'))), 3);
  assert.equal(held(network), ['1', '3']);
});

test('a service group is no PN: whoever may do everything with PNs does nothing with it', () => {
  const network = new ServiceNetwork({ 'pne-1': RIGHTS }, { devices: ['pne-1'] });
  network.keys.create({ kind: 'service', name: 'lights', owner: 'pne-1', members: [] });
  network.settle();
  assert.is(network.answer('pne-1', chooseNetwork(2)).status, Status.groupUnknown);
  assert.is(network.answer('pne-1', releaseNetwork(2)).status, Status.groupUnknown);
  assert.equal(networksIn(network.answer('pne-1', listNetworks())).entries, []);
  assert.equal([membersOf(network, 2), held(network)], [[], ['']]);
});

test('a server that ends between store and answer of each has done it once', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1', 'pne-2'] });
  const killed = (id: string, wish: Wish) =>
    assert.equal(network.answeredBehindEnd(id, wish), { commits: 1, status: Status.ok });
  killed('pne-1', setUpNetwork('home', ['pne-2']));
  network.keys.create({ kind: 'pn', name: 'other', members: [] });
  network.settle();
  killed('pne-2', chooseNetwork(3));
  assert.equal(held(network), ['1', '3']);
  killed('pne-1', releaseNetwork(HOME));
  assert.equal(held(network), ['', '3']);
  assert.equal(
    network.keys.groups.map(({ name }) => name),
    ['other'],
  );
});

test.run();
