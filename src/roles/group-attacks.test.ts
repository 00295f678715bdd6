// SPDX-License-Identifier: Apache-2.0

/** Attacks on groups between real roles, by a member, a gateway, by both: nobody reads or says what is not for them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeContent, kidOf } from '../groups/content.ts';
import { ImplementationLimits } from '../limits.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import { compactPayloads } from '../payload/compact.ts';
import { encodeCompressed } from '../session/compressed.ts';
import {
  create,
  epochOf,
  forgedBy,
  REFERENCE,
  read,
  reasons,
  say,
  sendAs,
  tapContents,
} from './group-attacks.testing.ts';
import { GroupNetwork } from './group-network.testing.ts';

const test = suite('group attacks');

// The first test of a suite has less of XS's stack than those behind it.
test('without a group there is no key, and nobody to say anything to', () => {
  const { keys } = new GroupNetwork({ devices: ['pne-1'] }).device('pne-1');
  assert.equal(keys.groups, []);
  assert.throws(() => keys.publish(2, 'x'), /groupUnknown/);
});

test('a member that speaks in the name of another is refused by its gateway', () => {
  const network = create(undefined, ['pne-1', 'pne-2', 'pne-3']);
  sendAs(network, 'pne-2', 'sendContent', forgedBy(network, 0, 'forged'));
  assert.equal(read(network, 'pne-3'), []);
  assert.equal(network.refusals, [{ at: 'gateway', reason: 'senderForeign', pneId: 'pne-2' }]);
});

test('who is no member sends nothing to a group, whatever key it has', () => {
  const network = create();
  for (const sender of [0, 1, 2])
    sendAs(network, 'pne-3', 'sendContent', forgedBy(network, sender, 'forged'));
  assert.equal([read(network, 'pne-1'), read(network, 'pne-2')], [[], []]);
  assert.equal(reasons(network, 'gateway'), ['senderForeign', 'senderForeign', 'senderForeign']);
});

test('a gateway cannot read a content, nor make or change one', () => {
  const network = create();
  const contents = tapContents(network);
  say(network, 'pne-1', 'secret');
  assert.is(contents.length, 1);
  const text = compactPayloads.encode('secret').join();
  assert.not.ok(contents[0]!.join().includes(text));
  const made = encodeCompressed(9, kidOf({ number: 0, boot: 0 }), undefined, new Uint8Array(20));
  for (const content of [
    encodeContent(REFERENCE, 1, made),
    contents[0]!.map((byte, at) => (at > 4 ? byte ^ 1 : byte)),
  ])
    network.inject('gateway', encodeRoute(0, encodeChannelMessage(Channel.groupContent, content)), 'gateway');
  assert.equal(read(network, 'pne-2'), ['secret']);
  assert.ok(network.device('pne-2').refusals.length >= 2);
});

test('a gateway that repeats a content is refused by the members, and one that names a PNE of another by the server', () => {
  const network = new GroupNetwork({ devices: ['pne-1', 'pne-2'], gateways: ['a', 'b'] });
  network.keys.create({ kind: 'service', name: 'lights', members: ['pne-1', 'pne-2'] });
  network.settle();
  network.connect('pne-2', 'b');
  network.settle();
  const contents = tapContents(network);
  say(network, 'pne-1', 'one');
  const again = encodeRoute(0, encodeChannelMessage(Channel.groupContent, contents[0]!));
  network.inject('b', again, 'gateway');
  assert.equal(read(network, 'pne-2'), ['one']);
  assert.ok(network.device('pne-2').refusals.includes('replay'));
  network.inject('b', again, 'server');
  assert.ok(reasons(network, 'server').includes('senderForeign'));
});

test('an old epoch is over: for who was removed, who replays, and who was asleep', () => {
  const network = create(undefined, ['pne-1', 'pne-2', 'pne-3']);
  const contents = tapContents(network);
  say(network, 'pne-2', 'before');
  const former = forgedBy(network, 1, 'late');
  network.keys.remove(REFERENCE, 'pne-2');
  network.settle();
  network.pass(ImplementationLimits.groupGraceMs + 1000, 10_000);
  sendAs(network, 'pne-2', 'sendContent', former);
  for (const content of [former, contents[0]!])
    network.inject('gateway', encodeRoute(0, encodeChannelMessage(Channel.groupContent, content)), 'gateway');
  assert.equal(read(network, 'pne-1'), ['before']);
  assert.ok(network.device('pne-1').refusals.includes('keyEpochInvalid'));
  assert.ok(reasons(network, 'gateway').includes('senderForeign'));
});

test('a key update that a gateway repeats, or makes of others, changes nothing', () => {
  const network = create();
  const toPne: Uint8Array[] = [];
  network.relay = (message, towards) => {
    if (towards === 'gateway') toPne.push(message);
    return [message];
  };
  network.keys.rekey(REFERENCE);
  network.settle();
  network.keys.rekey(REFERENCE);
  network.settle();
  assert.is(epochOf(network, 'pne-2'), 3);
  for (const message of toPne.slice()) {
    network.inject('gateway', message, 'gateway');
    for (let at = 6; at < message.length; at += 7) {
      const changed = message.slice();
      changed[at]! ^= 1;
      network.inject('gateway', changed, 'gateway');
    }
  }
  assert.equal(
    ['pne-1', 'pne-2'].map((id) => epochOf(network, id)),
    [3, 3],
  );
  say(network, 'pne-1', 'one');
  assert.equal(read(network, 'pne-2'), ['one']);
});

test('what one member is told does not open at another, though its gateway helps', () => {
  const network = create(undefined, ['pne-1', 'pne-2', 'pne-3']);
  network.relay = (message, towards) => {
    if (towards !== 'gateway') return [message];
    const { flow, message: inner } = decodeRoute(message);
    return [
      message,
      ...[0, 1, 2].filter((other) => other !== flow).map((other) => encodeRoute(other, inner)),
    ];
  };
  network.keys.remove(REFERENCE, 'pne-3');
  network.settle();
  assert.equal(
    ['pne-1', 'pne-2', 'pne-3'].map((id) => epochOf(network, id)),
    [2, 2, undefined],
  );
});

test.run();
