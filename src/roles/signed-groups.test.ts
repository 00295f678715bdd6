// SPDX-License-Identifier: Apache-2.0

/** Groups whose contents are signed, between real roles: a member is taken for itself, and for nobody else. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import { Group } from '../groups/group.ts';
import { signContent } from '../groups/signing.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { encodeRoute } from '../link/route.ts';
import { compactPayloads } from '../payload/compact.ts';
import { groupKey, REFERENCE, read, reasons, say, sendAs } from './group-attacks.testing.ts';
import { GroupNetwork, type GroupNetworkOptions } from './group-network.testing.ts';
import { PROVIDER } from './identities.testing.ts';
import { createMemberSigning } from './member-signing.ts';
import { encodeSignerRequest } from './signer-message.ts';

const test = suite('signed groups');

const DEVICES = Object.freeze(['pne-1', 'pne-2', 'pne-3']);

function create(options: Partial<GroupNetworkOptions> = {}, members = ['pne-1', 'pne-2']) {
  const network = new GroupNetwork({
    devices: DEVICES,
    permits: () => true,
    curve: Curve.P256,
    change: (keys, _id, own) => ({ ...keys, signing: createMemberSigning(PROVIDER, own.privateKey) }),
    ...options,
  });
  network.keys.create({ kind: 'service', name: 'lights', members, signed: true });
  network.settle();
  return network;
}

/** What a device says in its session with the server from now on. */
function requestsOf(network: GroupNetwork, id: string): Uint8Array[] {
  const requests: Uint8Array[] = [];
  const { keys } = network.device(id);
  const { host } = (keys as unknown as { options: { signing: { host: { send(of: Uint8Array): void } } } })
    .options.signing;
  const { send } = host;
  host.send = (message) => {
    requests.push(message);
    send(message);
  };
  return requests;
}

/** By whoever has the group's key, with its own signature, in the name of the member with this number. */
function forgedBy(
  network: GroupNetwork,
  forger: string,
  sender: number,
  value: unknown,
  behind = 0,
): Uint8Array {
  const { key } = network.store.groups.get(REFERENCE)!;
  const { privateKey } = network.identity(forger);
  const signing = {
    ...createMemberSigning(PROVIDER, privateKey),
    sign: (place: Uint8Array, payload: Uint8Array) => signContent(PROVIDER, privateKey, place, payload),
  };
  const membership = { reference: REFERENCE, epoch: key.epoch, sender, firstBoot: 1, signed: true };
  const group = new Group(PROVIDER, signing, membership, groupKey(network));
  for (let number = 0; number < behind; number++) group.seal(1, compactPayloads.encode(value));
  return group.seal(1, compactPayloads.encode(value));
}

/** A gateway that helps: it passes on what it would refuse of a member. */
function passOn(network: GroupNetwork, content: Uint8Array): void {
  network.inject('gateway', encodeRoute(0, encodeChannelMessage(Channel.groupContent, content)), 'gateway');
  network.settle();
}

// The first test of a suite has less of XS's stack than those behind it.
test('without a group nobody is asked for a key', () => {
  const network = create({ devices: ['pne-1'] }, []);
  assert.equal(network.device('pne-1').keys.groups, []);
});

test('members read each other, and ask once for the key of whom they hear', () => {
  const network = create({}, [...DEVICES]);
  const requests = requestsOf(network, 'pne-2');
  for (const value of ['one', 'two', 'three']) say(network, 'pne-1', value);
  assert.equal([read(network, 'pne-2'), read(network, 'pne-3')], Array(2).fill(['one', 'two', 'three']));
  assert.equal(requests, [encodeSignerRequest({ reference: REFERENCE, epoch: 1, sender: 0 })]);
  say(network, 'pne-2', 'four');
  assert.equal(read(network, 'pne-1'), ['four']);
  assert.equal(network.refusals, []);
});

test('a member that speaks in the name of another is refused, where its gateway helps it, too', () => {
  const network = create({}, [...DEVICES]);
  passOn(network, forgedBy(network, 'pne-2', 0, 'forged'));
  assert.equal(read(network, 'pne-3'), []);
  assert.ok(network.device('pne-3').refusals.includes('signatureInvalid'));
  passOn(network, forgedBy(network, 'pne-2', 1, 'its own'));
  assert.equal(read(network, 'pne-3'), ['its own']);
});

test('in a number that nobody has, nobody speaks', () => {
  const network = create({}, [...DEVICES]);
  passOn(network, forgedBy(network, 'pne-2', 7, 'forged'));
  assert.equal(read(network, 'pne-3'), []);
  assert.ok(network.device('pne-3').refusals.includes('credentialUnknown'));
});

test('who is no member is told no key, and is reported', () => {
  const network = create();
  sendAs(network, 'pne-3', 'send', encodeSignerRequest({ reference: REFERENCE, epoch: 1, sender: 0 }));
  assert.equal(reasons(network, 'server'), ['keyWithheld']);
  sendAs(network, 'pne-3', 'send', encodeSignerRequest({ reference: 40, epoch: 1, sender: 0 }));
  assert.equal(reasons(network, 'server'), ['keyWithheld', 'keyWithheld']);
  assert.equal(network.device('pne-3').refusals, ['stateInvalid', 'stateInvalid']);
});

test('a number that passes to another member is asked for anew: who left does not speak as who came', () => {
  const network = create({}, ['pne-1', 'pne-2']);
  say(network, 'pne-1', 'first');
  const requests = requestsOf(network, 'pne-2');
  network.keys.remove(REFERENCE, 'pne-1');
  network.settle();
  network.keys.add(REFERENCE, 'pne-3');
  network.settle();
  assert.is(network.device('pne-3').keys.groups[0]!.sender, 0);
  say(network, 'pne-3', 'second');
  passOn(network, forgedBy(network, 'pne-1', 0, 'by who left', 1));
  assert.equal(read(network, 'pne-2'), ['first', 'second']);
  assert.equal(requests, [encodeSignerRequest({ reference: REFERENCE, epoch: 3, sender: 0 })]);
  assert.ok(network.device('pne-2').refusals.includes('signatureInvalid'));
});

test('a device that was made without it takes no part, and says so', () => {
  const network = create({ change: (keys) => keys });
  assert.throws(() => network.device('pne-1').keys.publish(REFERENCE, 'x'), /mechanismNotSupported/);
});

test('a key that signs nothing signs nothing here', () => {
  const network = create({ curve: Curve.X25519 });
  assert.throws(() => network.device('pne-1').keys.publish(REFERENCE, 'x'), /unsupportedAlgorithm/);
});

test.run();
