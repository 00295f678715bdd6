// SPDX-License-Identifier: Apache-2.0

/** External entities that may not, may no longer, or do not keep to what is agreed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import type { Link } from '../link/link.ts';
import { Authentication, Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import { NodeLimits } from '../node-limits.ts';
import { BRIDGE, Cpns5, GRANTED_SECONDS, OTHER, STRANGER, type TestEntity } from './cpns-5.testing.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { InitiatorLink } from './initiator-link.ts';
import { policyOf, staticDhInterface } from './interface.ts';

const test = suite('attacks on CPNS-5');
const { linkMaxMessageBytes, hopSecuringMs } = ImplementationLimits;

function joined(): { net: Cpns5; entity: TestEntity } {
  const net = new Cpns5();
  net.grant('bridge');
  return { net, entity: net.join() };
}

/** An entity that holds its keys and says what it likes. */
function rogue(net: Cpns5, identity = BRIDGE) {
  const own = staticDhInterface('external', 'CPNS-5', PROVIDER, identity, [IDENTITIES.server.credential]);
  const state = { isOpen: true, heard: [] as Uint8Array[] };
  const queue: (() => void)[] = [];
  const settle = () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
    net.settle();
  };
  const link = (towards: () => { onMessage(message: Uint8Array): void }): Link => ({
    attestation: () => PLAIN_STREAM,
    close(): void {
      state.isOpen = false;
    },
    send: (message) => void queue.push(() => towards().onMessage(message.slice())),
  });
  const server = net.links.attach(link(() => ({ onMessage: (message) => end.receive(message) })));
  const end: InitiatorLink = new InitiatorLink(
    {
      ...{ own, after: net.clock.after },
      onSecured(): void {},
      onAgreed(): void {},
      onMessage: (message) => void state.heard.push(message),
      onRefused(): void {},
    },
    link(() => server),
  );
  end.start();
  settle();
  return {
    ...{ state, settle },
    say(items: readonly FlatItem[]): void {
      end.send(encodeFlat(items));
      settle();
    },
  };
}

test('one whose credential the server has not, gets no further than its third message', () => {
  const net = new Cpns5();
  net.grant('stranger');
  const entity = net.join({ identity: STRANGER });
  assert.not.ok(entity.isThere);
  assert.equal(
    [net.refusals, entity.refusals[0]],
    [[{ reason: 'credentialUnknown', entity: undefined }], 'peerRefused'],
  );
  net.clock.pass(hopSecuringMs);
  net.settle();
  assert.not.ok(entity.isOpen);
});

test('a grant is for the entity that it names: another, and a PNE or gateway of the server, is let in by none', () => {
  const net = new Cpns5();
  net.grant('bridge');
  for (const identity of [OTHER, IDENTITIES.pne, IDENTITIES.gateway]) {
    const entity = net.join({ identity });
    assert.not.ok(entity.isThere);
  }
  assert.equal(
    net.refusals.map(({ reason }) => reason),
    ['notAuthorized', 'credentialUnknown', 'credentialUnknown'],
  );
});

test('a server that is not the one whose credential the entity has is told nothing', () => {
  const net = new Cpns5();
  net.grant('bridge');
  const own = staticDhInterface('external', 'CPNS-5', PROVIDER, BRIDGE, [IDENTITIES.gateway.credential]);
  const entity = net.join({ own: { peers: own.peers } });
  assert.equal([entity.isThere, entity.refusals], [false, ['credentialUnknown']]);
});

test('readings pass under no weaker protection than the policy says, whatever an entity offers', () => {
  const net = new Cpns5();
  net.grant('bridge');
  const weak = { accepted: [Confidentiality.none, Confidentiality.aesCcm64], floor: 0 };
  const protection = {
    integrity: { accepted: [Integrity.hmac64, Integrity.tag64], floor: 0 },
    confidentiality: weak,
  };
  const { authentication } = policyOf('external', 'CPNS-5');
  assert.ok(authentication.accepted.includes(Authentication.method3));
  const policy = { authentication, toResponder: protection, toInitiator: protection };
  const entity = net.join({ own: { policy } });
  assert.equal([entity.isThere, net.agreements], [false, []]);
  assert.is(net.refusals[0]!.reason, 'mechanismNotSupported');
});

test('revocation ends a live link before another reading passes', () => {
  const { net, entity } = joined();
  net.grants.revoke('bridge', 1);
  net.store.keep('bridge', 'pne-1', 0);
  net.links.proceed();
  net.settle();
  assert.equal([entity.readings, entity.isOpen], [[], false]);
  entity.rejoin();
  net.settle();
  assert.not.ok(entity.isThere);
  assert.is(net.refusals[net.refusals.length - 1]!.reason, 'notAuthorized');
  net.grant('bridge', 1);
  net.store.keep('bridge', 'pne-1', 1);
  entity.rejoin();
  net.settle();
  assert.equal(
    entity.readings.map(({ reading }) => reading.id),
    [0, 1],
  );
});

test('an entity that is revoked is cut off, whether there is anything for it or not', () => {
  const { net, entity } = joined();
  net.grants.revoke('bridge', 1);
  net.links.refresh();
  net.settle();
  assert.not.ok(entity.isOpen);
});

test('a grant that has expired lets nothing pass, ends a link that is there, and lets in no new one', () => {
  const { net, entity } = joined();
  net.clock.stop(GRANTED_SECONDS * 1000);
  entity.deliver('pne-1', 1);
  net.settle();
  assert.equal([entity.outcomes, net.contents, entity.isOpen], [['notAuthorized'], [], true]);
  net.store.keep('bridge', 'pne-1', 0);
  net.clock.pass(0);
  net.settle();
  assert.equal([entity.readings, entity.isOpen], [[], false]);
  entity.rejoin();
  net.settle();
  assert.not.ok(entity.isThere);
  assert.equal(net.store.forgotten, []);
});

test('an entity that is refused hears it once a try', () => {
  const net = new Cpns5();
  const entity = net.join();
  assert.equal([entity.isThere, entity.refusals], [false, ['peerRefused']]);
});

test('of PNEs that a grant does not name nothing is read, told or sent', () => {
  const net = new Cpns5();
  net.grant('bridge', 0, 1, 2);
  const entity = net.join();
  net.store.keep('bridge', 'pne-2', 0);
  net.store.keep('bridge', 'pne-1', 1);
  net.store.drop('bridge', { pneId: 'pne-2', count: 1, first: 4, last: 4 });
  net.links.proceed();
  for (const pneId of ['pne-1', 'pne-2', 'pne-3']) entity.deliver(pneId, 1);
  net.settle();
  assert.equal(
    entity.readings.map(({ reading }) => reading.pneId),
    ['pne-1'],
  );
  assert.equal(entity.dropped, []);
  assert.equal(net.store.forgotten, ['r0', 'd2'], 'what it may not have is not kept for it');
  assert.equal(entity.outcomes, ['notAuthorized', 'notAuthorized']);
  assert.equal(
    net.contents.map(({ pneId }) => pneId),
    ['pne-2'],
  );
});

/** What is none of an entity's messages: src/roles/entity-message.test.ts. */
const HOSTILE: readonly (readonly [string, readonly FlatItem[]])[] = [
  ['a message of the server', [1, 0, 'pne-1', 0, 0, Uint8Array.of(0)]],
  ['a second follow', [0]],
  ['a number that is not under way', [3, 7]],
];

for (const [what, items] of HOSTILE) {
  test(`an entity that is let in and sends ${what} is cut off, and nothing has changed`, () => {
    const net = new Cpns5();
    net.grant('bridge');
    const { state, say } = rogue(net);
    say([0]);
    assert.ok(state.isOpen);
    say(items);
    assert.equal([state.isOpen, net.contents], [false, []]);
    assert.match(net.refusals[net.refusals.length - 1]!.reason, /messageInvalid|stateInvalid/);
    assert.is(net.refusals[net.refusals.length - 1]!.entity, 'bridge');
  });
}

test('a payload that is none is refused to its sender, who may go on', () => {
  const net = new Cpns5();
  net.grant('bridge');
  const { state, say } = rogue(net);
  say([5, 0, 'pne-1', Uint8Array.of(0xff)]);
  assert.equal([state.isOpen, net.contents], [true, []]);
  assert.equal(state.heard, [encodeFlat([6, 0, 1])]);
});

test('a request under a number that is under way cuts it off, and more requests than there may be wait for nobody', () => {
  const net = new Cpns5();
  net.grant('bridge');
  const flooding = rogue(net);
  for (let request = 0; request < 100; request += 1) flooding.say([5, request, 'pne-1', Uint8Array.of(0)]);
  assert.is(net.contents.length, NodeLimits.entityMaxRequests);
  assert.equal(flooding.state.heard[flooding.state.heard.length - 1], encodeFlat([6, 99, 4]));
  assert.ok(flooding.state.isOpen);
  flooding.say([5, 0, 'pne-1', Uint8Array.of(0)]);
  assert.not.ok(flooding.state.isOpen);
});

test('what others put on the link is refused and changes nothing', () => {
  const { net, entity } = joined();
  const record = Uint8Array.of(9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  const messages = [[], [9], [7, 1], [10, 0], [8, 0xff]].map((bytes) => Uint8Array.from(bytes));
  for (const message of [...messages, record, new Uint8Array(linkMaxMessageBytes)])
    for (const towards of ['server', 'entity'] as const) entity.inject(message, towards);
  net.settle();
  assert.ok(entity.isOpen && net.refusals.length > 0 && entity.refusals.length > 0);
  net.store.keep('bridge', 'pne-1', 0);
  net.links.proceed();
  net.settle();
  assert.is(entity.readings.length, 1);
});

test('a record that comes again is refused', () => {
  const { net, entity } = joined();
  const sent: Uint8Array[] = [];
  net.tap = (message, towards) => {
    if (towards === 'entity') sent.push(message);
    return [message];
  };
  net.store.keep('bridge', 'pne-1', 0);
  net.links.proceed();
  net.settle();
  entity.inject(sent[0]!, 'entity');
  assert.equal([entity.readings.length, entity.refusals], [1, ['replay']]);
});

test('links that prove nothing make room for newer ones, and none for what is proved', () => {
  const { net, entity } = joined();
  const closed: number[] = [];
  const silent = (number: number): Link => ({
    attestation: () => PLAIN_STREAM,
    close: () => void closed.push(number),
    send(): void {},
  });
  for (let number = 0; number < 100; number += 1) net.links.attach(silent(number));
  assert.equal([closed.length, closed[0]], [100 - (NodeLimits.serverMaxEntities - 1), 0]);
  assert.ok(entity.isOpen);
});

test.run();
