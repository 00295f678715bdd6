// SPDX-License-Identifier: Apache-2.0

/** Groups where messages, stores and processes are lost. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { userKeyOf } from '../keys/hierarchy.ts';
import { USER_KEY } from '../keys/reference.ts';
import { proofOf, wrapKey } from '../keys/wrapping.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel } from '../link/channel.ts';
import { decodeRoute } from '../link/route.ts';
import { GroupNetwork } from './group-network.testing.ts';
import { create, epochs, REFERENCE, readers } from './groups.testing.ts';
import { PROVIDER } from './identities.testing.ts';
import { encodeProof, encodeUpdate } from './key-message.ts';
import type { BoundKeys, KeyHost } from './pne-keys.ts';

const test = suite('groups after losses');

// The first test of a suite has less of XS's stack than those behind it.
test('a PNE that was in no group is in none when it restarts', () => {
  const network = new GroupNetwork({ devices: ['pne-1'] });
  network.restart('pne-1');
  assert.equal(network.device('pne-1').keys.groups, []);
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

test('another process changes a group: its members learn of it', () => {
  const network = create();
  const former = network.store.groups.get(REFERENCE)!;
  const key = { epoch: 2, salt: new Uint8Array(16).fill(9) };
  network.store.groups.set(REFERENCE, { ...former, key, members: former.members.slice(0, 1) });
  network.keys.refresh();
  network.settle();
  assert.equal(epochs(network), [2, undefined, undefined]);
});

test.run();
