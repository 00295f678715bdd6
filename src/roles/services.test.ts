// SPDX-License-Identifier: Apache-2.0

/** Service groups that PNEs ask for: created, found, joined, handed on, left, and members removed by their owner. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { epochs, REFERENCE, readers } from './groups.testing.ts';
import type { ServiceAnswer } from './service-message.ts';
import {
  createGroup,
  discoverGroups,
  groupsIn,
  referenceIn,
  removeMember,
  transferGroup,
} from './service-wishes.ts';
import { GROUP_RIGHTS, grantTo, PNES, type Right, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('services');
const ALL = Object.freeze(Object.fromEntries(PNES.map((id) => [id, GROUP_RIGHTS])));
const DEVICE = ['pne-1'];

function ownerAndMembers({ keys }: ServiceNetwork): unknown[] {
  return keys.groups.map(({ owner, members }) => [owner, members.map(({ pneId }) => pneId).join(' ')]);
}

// The first test of a suite has less of XS's stack than those behind it.
test('who has no grant creates and discovers nothing', () => {
  const network = new ServiceNetwork({}, { devices: DEVICE });
  assert.is(network.answer('pne-1', createGroup('lights')).status, Status.notAuthorized);
  assert.is(network.answer('pne-1', discoverGroups()).status, Status.notAuthorized);
  assert.equal(network.keys.groups, []);
  assert.equal(
    network.refusals.map(({ reason, pneId }) => [reason, pneId]),
    [
      ['notAuthorized', 'pne-1'],
      ['notAuthorized', 'pne-1'],
    ],
  );
});

test('a group from its creation to its last member, by what its members ask for alone', () => {
  const network = new ServiceNetwork(ALL);
  assert.is(referenceIn(network.answer('pne-1', createGroup('lights', 'lighting'))), REFERENCE);
  assert.equal(epochs(network), [1, undefined, undefined]);
  const found = groupsIn(network.answer('pne-2', discoverGroups(0, 'lighting')));
  assert.equal(found, {
    entries: [
      {
        ...{ reference: REFERENCE, name: 'lights', service: 'lighting', members: 1 },
        ...{ isMember: false, isOwner: false, mayJoin: true, isSigned: false },
      },
    ],
    next: 0,
  });
  for (const id of ['pne-2', 'pne-3']) network.device(id).keys.join(found.entries[0]!.reference);
  network.settle();
  assert.equal(readers(network, 'pne-1', 'to all'), ['pne-2', 'pne-3']);
  assert.is(network.answer('pne-1', transferGroup(REFERENCE, 'pne-2')).status, Status.ok);
  assert.is(network.answer('pne-2', removeMember(REFERENCE, 'pne-3')).status, Status.ok);
  assert.equal(ownerAndMembers(network), [['pne-2', 'pne-1 pne-2']]);
  assert.equal(readers(network, 'pne-1', 'to one'), ['pne-2']);
  network.device('pne-1').keys.leave(REFERENCE);
  network.settle();
  assert.equal(
    epochs(network).map((epoch) => epoch !== undefined),
    [false, true, false],
  );
  assert.equal(network.refusals, []);
});

test('the same name of the same owner is the same group; another owner has one of his own', () => {
  const network = new ServiceNetwork(ALL);
  const references = ['pne-1', 'pne-1', 'pne-2'].map((id) =>
    referenceIn(network.answer(id, createGroup('lights'))),
  );
  assert.equal(references, [2, 2, 4]);
  assert.equal(epochs(network), [1, undefined, undefined]);
});

test('an owner who has left his group is a member again when he creates it again', () => {
  const network = new ServiceNetwork(ALL);
  network.answer('pne-1', createGroup('lights'));
  network.device('pne-1').keys.leave(REFERENCE);
  network.settle();
  assert.equal(ownerAndMembers(network), [['pne-1', '']]);
  assert.is(referenceIn(network.answer('pne-1', createGroup('lights'))), REFERENCE);
  assert.equal(ownerAndMembers(network), [['pne-1', 'pne-1']]);
  assert.equal(epochs(network)[0] !== undefined, true);
});

test('who owns nothing hands nothing on and removes nobody, with every grant for it', () => {
  const network = new ServiceNetwork(ALL);
  network.answer('pne-1', createGroup('lights'));
  network.device('pne-2').keys.join(REFERENCE);
  network.settle();
  assert.is(network.answer('pne-2', transferGroup(REFERENCE, 'pne-3')).status, Status.notOwner);
  assert.is(network.answer('pne-2', removeMember(REFERENCE, 'pne-1')).status, Status.notOwner);
  assert.equal(ownerAndMembers(network), [['pne-1', 'pne-1 pne-2']]);
});

test('each operation takes a grant of its own, for that group or for every one', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1', 'pne-2'] });
  let sequence = 1;
  const only = (...rights: readonly Right[]) => {
    sequence += 1;
    grantTo(network.authority, sequence, { 'pne-1': rights });
    for (const { reference } of network.keys.groups) network.keys.end(reference);
    for (const name of ['one', 'two'])
      network.keys.create({ kind: 'service', name, owner: 'pne-1', members: ['pne-1', 'pne-2'] });
    network.settle();
    return [
      network.answer('pne-1', createGroup('three')).status,
      ...[2, 4].flatMap((reference) => [
        network.answer('pne-1', removeMember(reference, 'pne-2')).status,
        network.answer('pne-1', transferGroup(reference, 'pne-1')).status,
      ]),
      groupsOrNone(network.answer('pne-1', discoverGroups())),
    ];
  };
  const no = Status.notAuthorized;
  assert.equal(only('group-create'), [no, no, no, no, no, no]);
  assert.equal(only('group-create', 'group-own'), [Status.ok, no, no, no, no, no]);
  assert.equal(only(['group-remove', 1]), [no, Status.ok, no, no, no, no]);
  assert.equal(only(['group-transfer', 2]), [no, no, no, no, Status.ok, no]);
  assert.equal(only('group-remove'), [no, Status.ok, no, Status.ok, no, no]);
  assert.equal(only(['group-discover', 2]), [no, no, no, no, no, [4]]);
});

function groupsOrNone(answer: ServiceAnswer): unknown {
  return answer.status === Status.ok
    ? groupsIn(answer).entries.map(({ reference }) => reference)
    : answer.status;
}

test('a group goes to a member that may own it, and to nobody else', () => {
  const network = new ServiceNetwork({ ...ALL, 'pne-3': [] });
  network.answer('pne-1', createGroup('lights'));
  network.keys.add(REFERENCE, 'pne-3');
  network.settle();
  const to = (pneId: string) => network.answer('pne-1', transferGroup(REFERENCE, pneId)).status;
  assert.equal(['pne-2', 'pne-3', 'pne-9', 'pne-1'].map(to), [
    Status.entityUnknown,
    Status.notAuthorized,
    Status.entityUnknown,
    Status.ok,
  ]);
  assert.is(network.answer('pne-1', transferGroup(6, 'pne-2')).status, Status.groupUnknown);
  assert.is(network.answer('pne-1', transferGroup(1, 'pne-2')).status, Status.groupUnknown);
  assert.equal(ownerAndMembers(network), [['pne-1', 'pne-1 pne-3']]);
});

test('a PN is no service group: whoever may do everything with groups does nothing with it', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1', 'pne-2'] });
  network.keys.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1', 'pne-2'] });
  network.settle();
  assert.is(network.answer('pne-1', transferGroup(1, 'pne-2')).status, Status.groupUnknown);
  assert.is(network.answer('pne-1', removeMember(1, 'pne-2')).status, Status.notAuthorized);
  assert.equal(groupsIn(network.answer('pne-1', discoverGroups())).entries, []);
  assert.equal(ownerAndMembers(network), [['pne-1', 'pne-1 pne-2']]);
});

test('a grant that is withdrawn is none for the next wish, and whoever is revoked has none', () => {
  const network = new ServiceNetwork(ALL);
  network.authority.revoke('pne-1', 2);
  assert.is(network.answer('pne-1', createGroup('lights')).status, Status.notAuthorized);
  network.keys.revoke('pne-2');
  network.settle();
  assert.is(network.answer('pne-2', createGroup('lights')).status, Status.notAuthorized);
  assert.equal(network.keys.groups, []);
});

test('a list that is longer than an answer comes in pages, each group once', () => {
  const network = new ServiceNetwork(ALL, { devices: DEVICE });
  for (let at = 0; at < 40; at++)
    network.keys.create({ kind: 'service', name: `group ${at}`, service: at % 2 ? 'odd' : '', members: [] });
  network.settle();
  const all = (service?: string) => {
    const names: string[] = [];
    let pages = 0;
    for (let next = 0; pages === 0 || next > 0; pages++) {
      const page = groupsIn(network.answer('pne-1', discoverGroups(next, service)));
      names.push(...page.entries.map(({ name }) => name));
      next = page.next;
    }
    return { names, pages };
  };
  const { names, pages } = all();
  assert.equal([names.length, new Set(names).size, pages > 2], [40, 40, true]);
  assert.equal(all('odd').names.length, 20);
});

test('a PNE owns no more groups than it may, and names are names', () => {
  const network = new ServiceNetwork(ALL, { devices: DEVICE });
  const { serviceMaxOwned } = ImplementationLimits;
  for (let at = 0; at < serviceMaxOwned; at++) network.answer('pne-1', createGroup(`group ${at}`));
  assert.is(network.answer('pne-1', createGroup('one more')).status, Status.full);
  for (const name of ['', 'a\nb', 'a\u007f', '\u009b'])
    assert.is(network.answer('pne-1', createGroup(name)).status, Status.badRequest);
  const wish = createGroup('x');
  for (const wrong of [
    { ...wish, texts: ['x'] },
    { ...wish, number: 2 },
    { ...wish, operation: 23 },
  ])
    assert.is(network.answer('pne-1', wrong).status, Status.badRequest);
  assert.throws(() => network.asked('pne-1', createGroup('x'.repeat(129))), /badArgument/);
  assert.is(network.keys.groups.length, serviceMaxOwned);
});

test.run();
