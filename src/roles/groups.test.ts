// SPDX-License-Identifier: Apache-2.0

/** Groups between real roles: who is a member reads what follows, whatever restarts and gets lost on the way. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { userKeyOf } from '../keys/hierarchy.ts';
import { USER_KEY } from '../keys/reference.ts';
import { proofOf, wrapKey } from '../keys/wrapping.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel } from '../link/channel.ts';
import { decodeRoute } from '../link/route.ts';
import { GroupNetwork } from './group-network.testing.ts';
import { PROVIDER } from './identities.testing.ts';
import { encodeProof, encodeUpdate } from './key-message.ts';
import type { BoundKeys, KeyHost } from './pne-keys.ts';
import type { NewGroup } from './server-keys.ts';

const test = suite('groups');

const DEVICES = Object.freeze(['pne-1', 'pne-2', 'pne-3']);
const GROUP: NewGroup = Object.freeze({ kind: 'service', name: 'lights', members: ['pne-1', 'pne-2'] });
const REFERENCE = 2;

function create(options: Partial<ConstructorParameters<typeof GroupNetwork>[0]> = {}, group = GROUP) {
  const network = new GroupNetwork({ devices: DEVICES, ...options });
  network.keys.create(group);
  network.settle();
  return network;
}

/** Whoever reads a content that `from` sends now. */
function readers(network: GroupNetwork, from: string, value: unknown): string[] {
  const counts = [...network.devices.values()].map(({ contents }) => contents.length);
  network.device(from).keys.publish(REFERENCE, value);
  network.settle();
  return [...network.devices.values()]
    .filter(
      ({ contents }, at) => contents.length > counts[at]! && contents[contents.length - 1]![1] === value,
    )
    .map(({ id }) => id);
}

function epochs(network: GroupNetwork): (number | undefined)[] {
  return [...network.devices.values()].map(
    ({ keys }) => keys.groups.find(({ reference }) => reference === REFERENCE)?.epoch,
  );
}

// The first test of a suite has less of XS's stack than those behind it.
test('without a group a PNE has no key', () => {
  assert.equal(new GroupNetwork({ devices: ['pne-1'] }).device('pne-1').keys.groups, []);
});

test('members of a group have its key, and nobody else', () => {
  const network = create();
  assert.equal(epochs(network), [1, 1, undefined]);
  assert.equal(network.refusals, []);
});

test('a content goes to the other members, at this gateway and at others', () => {
  const network = create({ gateways: ['a', 'b'] });
  assert.equal(readers(network, 'pne-1', 'one'), ['pne-2']);
  network.connect('pne-2', 'b');
  network.settle();
  assert.equal(readers(network, 'pne-1', 'two'), ['pne-2']);
  assert.equal(readers(network, 'pne-2', 'three'), ['pne-1']);
  assert.equal(network.refusals, []);
});

test('who joins reads what follows and nothing that came before', () => {
  const network = create();
  const kept: Uint8Array[] = [];
  network.air = (message, towards) => {
    if (towards === 'pne-2') kept.push(message);
    return [message];
  };
  readers(network, 'pne-1', 'before');
  network.keys.add(REFERENCE, 'pne-3');
  network.settle();
  assert.equal(epochs(network), [2, 2, 2]);
  assert.equal(readers(network, 'pne-1', 'after'), ['pne-2', 'pne-3']);
  assert.equal(network.device('pne-3').contents, [[REFERENCE, 'after']]);
});

test('who is removed reads nothing that follows, and has no key any more', () => {
  const network = create({}, { ...GROUP, members: DEVICES });
  assert.equal(readers(network, 'pne-1', 'one'), ['pne-2', 'pne-3']);
  network.keys.remove(REFERENCE, 'pne-2');
  network.settle();
  assert.equal(epochs(network), [2, undefined, 2]);
  assert.equal(readers(network, 'pne-1', 'two'), ['pne-3']);
  assert.throws(() => network.device('pne-2').keys.publish(REFERENCE, 'three'));
  // Nor after a restart, though nobody tells it again.
  network.air = () => [];
  network.restart('pne-2');
  assert.equal(epochs(network), [2, undefined, 2]);
});

test('a PNE leaves by itself, and joins where the server permits it', () => {
  const network = create({ permits: (pneId) => pneId !== 'pne-3' });
  network.device('pne-2').keys.leave(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [2, undefined, undefined]);
  network.device('pne-2').keys.join(REFERENCE);
  network.device('pne-3').keys.join(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [3, 3, undefined]);
  assert.equal(network.device('pne-3').withheld, [REFERENCE]);
});

test('a member that slept needs one message, however many epochs it missed', () => {
  const network = create();
  network.disconnect('pne-2');
  for (let round = 0; round < 5; round++) network.keys.rekey(REFERENCE);
  network.settle();
  let updates = 0;
  network.relay = (message, towards) => {
    if (towards === 'gateway' && decodeRoute(message).message[0] === Channel.endToEndRecord) updates += 1;
    return [message];
  };
  network.connect('pne-2');
  network.settle();
  assert.equal(epochs(network), [6, 6, undefined]);
  // What is known of its names, the answer to its registration, and its key.
  assert.is(updates, 3);
});

test('what is lost is sent again, until it is proved', () => {
  const network = create();
  let lost = 0;
  network.air = (message, towards) => {
    if (towards !== 'pne-2' || lost >= 3) return [message];
    lost += 1;
    return [];
  };
  network.keys.rekey(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [2, 1, undefined]);
  network.pass(30_000);
  assert.equal(epochs(network), [2, 2, undefined]);
  assert.is(lost, 3);
});

test('a proof that is lost is given again, and no key is taken twice', () => {
  const network = create();
  let lost = 0;
  network.air = (message, towards, from) => {
    if (from !== 'pne-2' || towards !== 'gateway' || lost >= 2) return [message];
    lost += 1;
    return [];
  };
  network.keys.rekey(REFERENCE);
  network.settle();
  const { writes } = network.device('pne-2').medium.changes;
  network.pass(30_000);
  assert.is(lost, 2);
  assert.is(network.device('pne-2').medium.changes.writes, writes);
  const before = network.time.running;
  network.pass(120_000);
  assert.ok(network.time.running <= before);
  assert.equal(readers(network, 'pne-2', 'x'), ['pne-1']);
});

test('nor is a user key: it is proved again, and not written', () => {
  const network = new GroupNetwork({ devices: ['pne-1'] });
  const { keys, medium } = network.device('pne-1');
  const bound = keys as unknown as BoundKeys & { host: KeyHost };
  const root = PROVIDER.secret(new Uint8Array(32).fill(0x77));
  const record = network.store.users.get('pne-1')!;
  const userKey = userKeyOf(PROVIDER, root, 'pne-1', record);
  const wrapped = wrapKey(PROVIDER, bound.host.wrappingKey!, USER_KEY, record.epoch, userKey);
  const { writes } = medium.changes;
  const proofs: Uint8Array[] = [];
  bound.host = { ...bound.host, send: (message) => proofs.push(message) };
  bound.receive(encodeUpdate({ reference: USER_KEY, epoch: record.epoch, wrapped, seat: undefined }));
  assert.is(medium.changes.writes, writes);
  const proof = proofOf(PROVIDER, userKey, USER_KEY, record.epoch);
  assert.equal(proofs, [encodeProof({ reference: USER_KEY, epoch: record.epoch, proof })]);
});

test('the former epoch is taken while others may be in it, and no longer', () => {
  const network = create();
  network.air = (message, towards) => (towards === 'pne-1' ? [] : [message]);
  network.keys.rekey(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [1, 2, undefined]);
  assert.equal(readers(network, 'pne-1', 'late'), ['pne-2']);
  network.pass(ImplementationLimits.groupGraceMs + 1000, 10_000);
  assert.equal(readers(network, 'pne-1', 'too late'), []);
  assert.ok(network.device('pne-2').refusals.includes('keyEpochInvalid'));
});

test('a PNE that restarts has its keys, and sends once the server knows its boot', () => {
  const network = create();
  readers(network, 'pne-2', 'one');
  network.disconnect('pne-2');
  network.restart('pne-2');
  assert.equal(epochs(network), [1, 1, undefined]);
  assert.equal(readers(network, 'pne-2', 'two'), ['pne-1']);
  assert.equal(readers(network, 'pne-1', 'three'), ['pne-2']);
  assert.equal(network.refusals, []);
});

test('a PNE that lost its store gets its keys again, and makes nothing a second time', () => {
  const network = create();
  const sent: string[] = [];
  network.air = (message, towards, from) => {
    if (from === 'pne-2' && towards === 'gateway') sent.push(message.join());
    return [message];
  };
  readers(network, 'pne-2', 'same');
  const { medium } = new GroupNetwork({ devices: ['pne-9'] }).device('pne-9');
  medium.values.clear();
  network.restart('pne-2', { medium, boot: undefined });
  network.pass(1000);
  assert.equal(epochs(network), [1, 1, undefined]);
  assert.equal(readers(network, 'pne-2', 'same'), ['pne-1']);
  assert.is(network.device('pne-2').keys.groups[0]!.firstBoot, 1);
  assert.is(new Set(sent).size, sent.length);
});

test('a server that restarts goes on where it was', () => {
  const network = create();
  network.keys.rekey(REFERENCE);
  network.settle();
  const { commits } = network.store;
  network.restartServer();
  network.pass(60_000);
  assert.equal(epochs(network), [2, 2, undefined]);
  assert.is(network.store.commits, commits);
  assert.equal(readers(network, 'pne-1', 'one'), ['pne-2']);
  network.keys.rekey(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [3, 3, undefined]);
});

test('a change that is not stored is not told, and is not made', () => {
  const network = create();
  network.store.isFull = true;
  const outcomes: unknown[] = [];
  network.keys.remove(REFERENCE, 'pne-2', (refused) => outcomes.push(refused));
  network.settle();
  assert.equal(outcomes, ['storeFailed']);
  assert.equal(epochs(network), [1, 1, undefined]);
  assert.equal(readers(network, 'pne-1', 'one'), ['pne-2']);
});

test('another process changes a group: its members learn of it', () => {
  const network = create();
  const former = network.store.groups.get(REFERENCE)!;
  const key = { epoch: 2, salt: new Uint8Array(16).fill(9) };
  network.store.groups.set(REFERENCE, { ...former, key, members: former.members.slice(0, 1) });
  network.keys.refresh();
  network.settle();
  assert.equal(epochs(network), [2, undefined, undefined]);
});

test('a group that ends leaves no key', () => {
  const network = create();
  network.keys.end(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [undefined, undefined, undefined]);
  network.restart('pne-1');
  assert.equal(epochs(network), [undefined, undefined, undefined]);
});

test('a PN has a key as a service group has, beside it', () => {
  const network = create();
  network.keys.create({ kind: 'pn', name: 'home', members: DEVICES });
  network.settle();
  network.device('pne-3').keys.publish(1, 'to the PN');
  network.settle();
  assert.equal(network.device('pne-1').contents, [[1, 'to the PN']]);
  assert.equal(
    network.device('pne-1').keys.groups.map(({ reference }) => reference),
    [2, 1],
  );
});

test('a gateway that has members of a PN reads what is said there, in its present key, and nothing of other groups', () => {
  const network = create({ gateways: ['a', 'b'] });
  network.connect('pne-2', 'b');
  network.keys.create({ kind: 'pn', name: 'home', members: ['pne-1', 'pne-2'] });
  network.settle();
  const say = (value: string) => {
    network.device('pne-1').keys.publish(1, value);
    readers(network, 'pne-1', 'to the group');
  };
  say('one');
  assert.equal(network.read.map(({ at, sender, value }) => `${at} ${sender} ${value}`).sort(), [
    'a 0 one',
    'b 0 one',
  ]);
  network.keys.remove(1, 'pne-2');
  network.settle();
  say('two');
  assert.equal(
    network.read.slice(2).map(({ at, value }) => [at, value]),
    [['a', 'two']],
  );
  network.keys.end(1);
  network.settle();
  assert.throws(() => say('three'), /groupUnknown/);
});

test('a re-key of a member that is there takes 30 bytes, and its seat four more', () => {
  const network = create();
  const sizes: number[] = [];
  network.relay = (message, towards) => {
    if (towards === 'gateway') sizes.push(message.length);
    return [message];
  };
  network.keys.rekey(REFERENCE);
  network.settle();
  // Route 4, channel 1, header of the record 3 or 4, tag 8.
  assert.ok(
    sizes.every((size) => size - 16 <= 32),
    `${sizes}`,
  );
  assert.is(sizes.length, 2);
});

test.run();
