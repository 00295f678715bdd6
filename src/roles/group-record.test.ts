// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex } from '../bytes/hex.ts';
import { outcome } from '../cose/test-fixture.ts';
import { ImplementationLimits } from '../limits.ts';
import { NodeLimits } from '../node-limits.ts';
import { administratorsOf, handedTo, withAdministrator } from './administrators.ts';
import { type GroupRecord, newGroup, rekeyed, withMember, withoutMember } from './group-record.ts';
import { decodeGroupRecord, decodeUserKey, encodeGroupRecord, encodeUserKey } from './group-record-codec.ts';

const test = suite('group record');

function rekeying(boots: Readonly<Record<string, number>> = {}) {
  let filled = 0;
  return {
    fillRandom: (target: Uint8Array) => void target.fill(++filled),
    bootOf: (id: string) => boots[id],
  };
}

const OWN = Object.freeze({ reference: 2, name: 'lights', service: '', owner: 'pne-1', signed: true });

function create(
  members: readonly string[] = ['a', 'b', 'c'],
  boots?: Readonly<Record<string, number>>,
): GroupRecord {
  return newGroup(OWN, members, rekeying(boots));
}

function createNetwork(admins: readonly string[], members: readonly string[] = ['a', 'b', 'c']): GroupRecord {
  const network = newGroup({ ...OWN, reference: 1, signed: false }, members, rekeying());
  return admins.reduce(withAdministrator, network);
}

const senders = ({ members }: GroupRecord) => members.map(({ pneId, sender }) => `${pneId}${sender}`);

test('members have numbers of their own, which they keep', () => {
  const group = create();
  assert.equal(senders(group), ['a0', 'b1', 'c2']);
  const without = withoutMember(group, 'a', rekeying());
  assert.equal(senders(without), ['b1', 'c2']);
  assert.equal(senders(withMember(without, 'd', rekeying())), ['b1', 'c2', 'd0']);
});

test('whoever joins or leaves, there is a new key of a later epoch', () => {
  const group = create();
  const joined = withMember(group, 'd', rekeying());
  const left = withoutMember(joined, 'a', rekeying());
  assert.equal(
    [group, joined, left].map(({ key, rekeys }) => [key.epoch, rekeys]),
    [
      [1, 0],
      [2, 1],
      [3, 2],
    ],
  );
  assert.is(rekeyed(left, rekeying(), 40).key.epoch, 41);
});

test('who is a member already, or is none, changes nothing', () => {
  const group = create();
  assert.is(withMember(group, 'a', rekeying()), group);
  assert.is(withoutMember(group, 'x', rekeying()), group);
});

test('boots are counted from that in which the key is made, where it is known', () => {
  const group = create(['a', 'b'], { a: 5 });
  assert.equal(
    group.members.map(({ firstBoot }) => firstBoot),
    [5, 0],
  );
  const next = rekeyed(group, rekeying({ b: 9 }));
  assert.equal(
    next.members.map(({ firstBoot }) => firstBoot),
    [5, 9],
  );
});

test('a group has as many members as numbers', () => {
  const { groupMaxMembers } = ImplementationLimits;
  const ids = Array.from({ length: groupMaxMembers }, (_, at) => `pne-${at}`);
  const group = create(ids);
  assert.is(
    outcome(() => withMember(group, 'one more', rekeying())),
    'groupFull',
  );
  const bytes = encodeGroupRecord(group);
  assert.ok(bytes.length < 65_536, `${bytes.length}`);
  assert.equal(decodeGroupRecord(2, bytes), group);
});

test('what is stored is read, and nothing else', () => {
  for (const group of [
    create(),
    create([]),
    { ...create(), owner: undefined, signed: false, isUrgent: true },
    { ...create(), gateway: 'gateway-2' },
    { ...create(), service: 'lighting' },
    { ...create(), gateway: 'gateway-2', service: 'lighting' },
  ]) {
    const bytes = encodeGroupRecord(group);
    assert.equal(decodeGroupRecord(2, bytes), group);
    for (let length = 0; length < bytes.length; length++)
      assert.not.equal(
        outcome(() => decodeGroupRecord(2, bytes.subarray(0, length))),
        'accepted',
      );
    assert.not.equal(
      outcome(() => decodeGroupRecord(2, Uint8Array.of(...bytes, 0))),
      'accepted',
    );
  }
});

test('a record with two members of one name or number is none', () => {
  const group = create();
  const [a, b] = group.members;
  const twice = [
    [a!, { ...b!, pneId: 'a' }],
    [a!, { ...b!, sender: 0 }],
  ];
  for (const members of twice)
    assert.is(
      outcome(() => decodeGroupRecord(2, encodeGroupRecord({ ...group, members }))),
      'recordInvalid',
    );
});

test('administrators of a PN are kept through changes of its members, and stored', () => {
  const network = createNetwork(['a', 'c']);
  const changed = withMember(withoutMember(network, 'a', rekeying()), 'a', rekeying());
  for (const record of [network, changed])
    assert.equal(decodeGroupRecord(1, encodeGroupRecord(record)), record);
  assert.equal([network, changed].map(administratorsOf), [['a', 'c'], ['c']]);
  assert.is(encodeGroupRecord(network).length, encodeGroupRecord(createNetwork([])).length + 2);
});

test('a record of a PN that was stored before it had administrators is read', () => {
  const stored =
    '8801666c696768747365706e652d3100015001010101010101010101010101010101000283616100008361620105';
  const { owner, members } = decodeGroupRecord(1, fromHex(stored));
  assert.equal(
    [owner, members],
    [
      'pne-1',
      [
        { pneId: 'a', sender: 0, firstBoot: 0 },
        { pneId: 'b', sender: 1, firstBoot: 5 },
      ],
    ],
  );
});

test('administrators of a service group, too many, an owner as one, or another mark are refused', () => {
  const ids = Array.from({ length: NodeLimits.networkMaxAdmins + 1 }, (_, at) => `m${at}`);
  const crowd = createNetwork(ids.slice(1), ids);
  const marked = (record: GroupRecord) => ({
    ...record,
    members: record.members.map((member) => ({ ...member, isAdministrator: true as const })),
  });
  const network = createNetwork(['c']);
  const bytes = encodeGroupRecord(network);
  const tail = (...last: number[]) => Uint8Array.of(...bytes.subarray(0, -1), ...last);
  const refused = (reference: number, stored: Uint8Array) =>
    outcome(() => decodeGroupRecord(reference, stored));
  assert.is(refused(1, encodeGroupRecord(crowd)), 'accepted');
  assert.is(refused(1, encodeGroupRecord(marked(crowd))), 'recordInvalid');
  assert.is(refused(2, bytes), 'recordInvalid');
  assert.is(refused(1, encodeGroupRecord({ ...network, owner: 'c' })), 'recordInvalid');
  for (const mark of [0, 2]) assert.is(refused(1, tail(mark)), 'recordInvalid');
  for (let length = 0; length < bytes.length; length++)
    assert.not.equal(refused(1, bytes.subarray(0, length)), 'accepted');
  for (const last of [[], [0x20], [0xf5], [0x61, 0x31], [1, 1]])
    assert.not.equal(refused(1, tail(...last)), 'accepted');
});

test('a PN of a gateway is stored, also with an administrator of its name, until it is handed to a PNE', () => {
  const network = { ...createNetwork(['a']), owner: undefined, owningGateway: 'a' };
  assert.equal(decodeGroupRecord(1, encodeGroupRecord(network)), network);
  const handed = handedTo(network, 'b');
  assert.equal([handed.owner, 'owningGateway' in handed], ['b', false]);
  assert.equal(decodeGroupRecord(1, encodeGroupRecord(handed)), handed);
});

test('a service group of a gateway, a PN of one without a name, and another mark are refused', () => {
  const network = { ...createNetwork([]), owner: undefined, owningGateway: 'a' };
  const bytes = encodeGroupRecord(network);
  for (const [reference, changed] of [
    [2, bytes],
    [1, encodeGroupRecord({ ...network, owningGateway: '' })],
    [1, withFlags(bytes, 8)],
    [1, withFlags(bytes, 12)],
  ] as const)
    assert.is(
      outcome(() => decodeGroupRecord(reference, changed)),
      'recordInvalid',
    );
  assert.is(decodeGroupRecord(1, withFlags(bytes, 6)).isUrgent, true);
});

/** The record of a PN of gateway a with other flags, which stand behind the names. */
function withFlags(bytes: Uint8Array, flags: number): Uint8Array {
  const changed = bytes.slice();
  const at = 1 + 1 + 1 + 'lights'.length + 1 + 'a'.length;
  assert.is(changed[at], 4);
  changed[at] = flags;
  return changed;
}

test('a user key is read as it was stored', () => {
  for (const isRevoked of [true, false]) {
    const record = { epoch: 3, salt: new Uint8Array(16).fill(1), isRevoked };
    assert.equal(decodeUserKey(encodeUserKey(record)), record);
  }
  const short = encodeUserKey({ epoch: 3, salt: new Uint8Array(15), isRevoked: false });
  assert.is(
    outcome(() => decodeUserKey(short)),
    'recordInvalid',
  );
});

test.run();
