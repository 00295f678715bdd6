// SPDX-License-Identifier: Apache-2.0

/** Attacks on keys between real roles: by a member, by a PNE that was revoked, by whoever has a copy of a store. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { encodeRoute } from '../link/route.ts';
import { compactPayloads } from '../payload/compact.ts';
import {
  create,
  epochOf,
  forgedBy,
  forgedEpoch,
  REFERENCE,
  read,
  reasons,
  say,
  sendAs,
  tapContents,
} from './group-attacks.testing.ts';
import { GroupNetwork } from './group-network.testing.ts';
import { encodeMembership, encodeProof, encodeRequest, KeyMessageType } from './key-message.ts';

const test = suite('key attacks');

// The first test of a suite has less of XS's stack than those behind it.
test('without a group there is no key, and nobody to say anything to', () => {
  const { keys } = new GroupNetwork({ devices: ['pne-1'] }).device('pne-1');
  assert.equal(keys.groups, []);
  assert.throws(() => keys.publish(2, 'x'), /groupUnknown/);
});

test('junk about keys changes nothing at the server, whoever sends it', () => {
  const network = create();
  const before = JSON.stringify([...network.store.groups.values()]);
  for (const junk of [
    Uint8Array.of(0x81, 7, 0),
    Uint8Array.of(0x81, 8),
    encodeProof({ reference: REFERENCE, epoch: 1, proof: new Uint8Array(8) }),
    encodeProof({ reference: 40, epoch: 1, proof: new Uint8Array(8) }),
    encodeMembership(1, 40),
    encodeRequest(Array.from({ length: 10 }, (_, at) => ({ reference: at, epoch: 2 ** 31, sender: 0 }))),
  ])
    sendAs(network, 'pne-3', 'send', junk);
  assert.equal(JSON.stringify([...network.store.groups.values()]), before);
  say(network, 'pne-1', 'one');
  assert.equal(read(network, 'pne-2'), ['one']);
});

test('a member that claims a key of its own making is reported, and told nothing more', () => {
  const network = create();
  const { keys } = network.device('pne-2');
  const { host } = keys as unknown as { host: { send(message: Uint8Array): void } };
  const honest = host.send;
  const proof = new Uint8Array(8);
  let proofs = 0;
  host.send = (message) => {
    if (message[1] !== KeyMessageType.proof) return honest(message);
    proofs += 1;
    honest(encodeProof({ reference: REFERENCE, epoch: 2, proof }));
  };
  network.keys.rekey(REFERENCE);
  network.pass(60_000);
  assert.is(proofs, 1 + ImplementationLimits.keyMaxFailedProofs);
  assert.ok(reasons(network, 'server').includes('keyProofInvalid'));
  assert.not.ok(network.keys.holders(REFERENCE).includes('pne-2'));
  assert.ok(network.keys.holders(REFERENCE).includes('pne-1'));
});

test('a PNE that was revoked comes back with its old store, and gets nothing', () => {
  const network = create(undefined, ['pne-1', 'pne-2', 'pne-3']);
  const kept = network.backup('pne-2');
  network.keys.revoke('pne-2');
  network.settle();
  assert.is(epochOf(network, 'pne-2'), undefined);
  network.restart('pne-2', kept);
  network.pass(10_000);
  assert.equal(network.device('pne-2').keys.groups, []);
  say(network, 'pne-1', 'after');
  assert.equal([read(network, 'pne-2'), read(network, 'pne-3')], [[], ['after']]);
  network.device('pne-2').keys.join(REFERENCE);
  network.pass(10_000);
  assert.is(epochOf(network, 'pne-2'), undefined);
});

test('a revocation ends the former epoch at once', () => {
  const network = create(undefined, ['pne-1', 'pne-2', 'pne-3']);
  const former = forgedBy(network, 1, 'late');
  network.keys.revoke('pne-2');
  network.settle();
  network.inject('gateway', encodeRoute(0, encodeChannelMessage(Channel.groupContent, former)), 'gateway');
  assert.equal(read(network, 'pne-1'), []);
  assert.ok(network.device('pne-1').refusals.includes('keyEpochInvalid'));
});

test('a store that was rolled back brings no old key back, and no number twice', () => {
  const network = create();
  const kept = network.backup('pne-2');
  const sent = tapContents(network);
  say(network, 'pne-2', 'same');
  network.keys.rekey(REFERENCE);
  network.settle();
  say(network, 'pne-2', 'same');
  network.restart('pne-2');
  network.restart('pne-2', kept);
  network.pass(10_000);
  assert.is(epochOf(network, 'pne-2'), 2);
  say(network, 'pne-2', 'same');
  assert.ok(reasons(network, 'server').includes('epochBehind'));
  assert.is(new Set(sent.map((content) => content.join())).size, 3);
  assert.equal(read(network, 'pne-1'), ['same', 'same', 'same']);
});

test('of a device and its clone nothing has one number, and both are not heard as one', () => {
  const network = create();
  const kept = network.backup('pne-2');
  const sent = tapContents(network);
  network.restart('pne-2');
  say(network, 'pne-2', 'true');
  // The clone comes with the same store, and a boot that the server knows.
  network.restart('pne-2', kept);
  network.pass(10_000);
  say(network, 'pne-2', 'clone');
  assert.ok(reasons(network, 'server').includes('epochBehind'));
  assert.is(new Set(sent.map((content) => content.slice(0, 4).join())).size, sent.length);
});

test('a store of another device opens nothing', () => {
  const network = create(undefined, ['pne-1', 'pne-2', 'pne-3']);
  const { medium } = network.backup('pne-1');
  network.restart('pne-2', { medium, boot: 1 });
  network.pass(10_000);
  assert.is(epochOf(network, 'pne-2'), 1);
  assert.is(network.device('pne-2').keys.groups[0]!.sender, 1);
});

test("a server's store that was rolled back makes no key a second time, and its members have a later one", () => {
  const network = create();
  const old = new Map(network.store.groups);
  network.keys.rekey(REFERENCE);
  network.settle();
  const known = network.store.groups.get(REFERENCE)!.key;
  network.store.groups.clear();
  for (const [reference, record] of old) network.store.groups.set(reference, record);
  network.restartServer();
  network.pass(60_000);
  const now = network.store.groups.get(REFERENCE)!.key;
  assert.ok(now.epoch > known.epoch);
  assert.not.equal(now.salt, known.salt);
  assert.ok(reasons(network, 'server').includes('storeBehind'));
  assert.equal(
    ['pne-1', 'pne-2'].map((id) => epochOf(network, id)),
    [now.epoch, now.epoch],
  );
  say(network, 'pne-1', 'one');
  assert.equal(read(network, 'pne-2'), ['one']);
});

test('a member that claims epochs far above is refused, and uses none up', () => {
  const network = create();
  const held = [{ reference: REFERENCE, epoch: 2 ** 31, sender: 1 }];
  for (let round = 0; round < 3; round++) sendAs(network, 'pne-2', 'send', encodeRequest(held));
  assert.is(network.store.groups.get(REFERENCE)!.key.epoch, 1);
  assert.ok(reasons(network, 'server').includes('keyEpochInvalid'));
});

test('a member that joins and leaves all the time uses no sender numbers up', () => {
  const network = create();
  for (let round = 0; round < 20; round++) {
    network.device('pne-3').keys.join(REFERENCE);
    network.settle();
    network.device('pne-3').keys.leave(REFERENCE);
    network.settle();
  }
  assert.is(network.store.groups.get(REFERENCE)!.key.epoch, 41);
  network.device('pne-3').keys.join(REFERENCE);
  network.settle();
  assert.is(network.device('pne-3').keys.groups[0]!.sender, 2);
  say(network, 'pne-3', 'one');
  assert.equal(read(network, 'pne-1'), ['one']);
});

test('a member that claims boots without end takes one place at the others, its own', () => {
  const network = create(undefined, ['pne-1', 'pne-2', 'pne-3']);
  const hostile = forgedEpoch(network, 1, 0);
  for (let boot = 1; boot < 60; boot++)
    sendAs(network, 'pne-2', 'sendContent', hostile.seal(boot, compactPayloads.encode(boot)));
  assert.is(read(network, 'pne-1').length, 59);
  say(network, 'pne-3', 'one');
  assert.equal(read(network, 'pne-1').slice(-1), ['one']);
});

test('a store that takes nothing more costs the new epoch, and nothing that was there', () => {
  const network = create();
  network.device('pne-2').medium.failAt(0, 'full');
  network.keys.rekey(REFERENCE);
  network.settle();
  assert.is(epochOf(network, 'pne-2'), 1);
  assert.ok(network.device('pne-2').refusals.includes('storeFailed'));
  network.pass(10_000);
  assert.is(epochOf(network, 'pne-2'), 2);
});

test("what a PNE asks for and a server's store does not take is reported, and changes nothing", () => {
  const network = create();
  network.store.isFull = true;
  network.device('pne-3').keys.join(REFERENCE);
  network.device('pne-2').keys.leave(REFERENCE);
  network.settle();
  assert.equal(
    network.refusals.map(({ reason, pneId }) => `${reason} ${pneId}`),
    ['storeFailed pne-3', 'storeFailed pne-2'],
  );
  assert.equal(
    ['pne-2', 'pne-3'].map((id) => epochOf(network, id)),
    [1, undefined],
  );
});

test.run();
