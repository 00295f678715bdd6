// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Channel } from '../link/channel.ts';
import { agreementsOn, interceptHandshake, refusedAt } from './attacker.testing.ts';
import { IDENTITIES } from './identities.testing.ts';
import { connectedOnce, methodsOn, newTable, reconnect } from './resumption.testing.ts';
import { assertWorks, passAll, recover } from './scenario.testing.ts';

const test = suite('resumption');

test('the first handshake runs public keys, the one after a lost link the key that it left', () => {
  const { network } = connectedOnce();
  reconnect(network);
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 4]);
  assert.equal(methodsOn(network, 'CPNS-3'), [3]);
  assertWorks(network);
});

test('both interfaces are resumed after a restart of the PNE', () => {
  const { network } = connectedOnce();
  network.restart('pne');
  network.linkUp();
  network.settle();
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 4]);
  assert.equal(methodsOn(network, 'CPNS-3'), [3, 4]);
  assertWorks(network);
});

test('a resumption takes 15 bytes less, of which the negotiation is 48, in as many messages', () => {
  const { network } = connectedOnce();
  network.restart('pne');
  network.linkUp();
  network.settle();
  const seen = (['CPNS-1', 'CPNS-3'] as const).map((name) =>
    agreementsOn(network, name)
      .filter(({ at }) => at === 'pne')
      .map(({ agreement: { handshakeBytes, handshakeMessages } }) => [handshakeMessages, handshakeBytes]),
  );
  assert.equal(seen, [
    [
      [4, 157],
      [4, 94 + 48],
    ],
    // The server's identifiers have two bytes.
    [
      [4, 159],
      [4, 94 + 2 + 48],
    ],
  ]);
});

test('each handshake uses a key that the one before made', () => {
  const { network, slots } = connectedOnce();
  for (let count = 0; count < 4; count += 1) reconnect(network);
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 4, 4, 4, 4]);
  const references = slots['CPNS-1'].history.map(({ psk }) => psk.idCred.join());
  assert.is(new Set(references).size, 5);
});

test('a gateway that lost all its keys is met with public keys, without a wait', () => {
  const resuming = connectedOnce();
  resuming.tables.gateway = newTable();
  resuming.network.restart('gateway');
  resuming.network.linkUp();
  resuming.network.settle();
  assert.equal(methodsOn(resuming.network, 'CPNS-1'), [3, 3]);
  assertWorks(resuming.network);
});

test('so is one that has keys of others only', () => {
  const resuming = connectedOnce();
  const other = connectedOnce({
    identities: { ...IDENTITIES, pne: IDENTITIES.otherPne, otherPne: IDENTITIES.pne },
  });
  resuming.tables.gateway = other.tables.gateway;
  resuming.network.restart('gateway');
  resuming.network.linkUp();
  resuming.network.settle();
  assert.equal(methodsOn(resuming.network, 'CPNS-1'), [3, 3]);
  assert.equal(refusedAt(resuming.network, 'gateway'), ['credentialUnknown']);
  assertWorks(resuming.network);
});

test('a PNE that lost its keys runs public keys', () => {
  const { network, slots } = connectedOnce();
  slots['CPNS-1'].key = undefined;
  slots['CPNS-3'].key = undefined;
  network.restart('pne');
  network.linkUp();
  network.settle();
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 3]);
  assert.equal(methodsOn(network, 'CPNS-3'), [3, 3]);
  assertWorks(network);
});

test('where message_4 was lost the former key is good once more', () => {
  const { network } = connectedOnce();
  interceptHandshake(network, 'CPNS-1', ({ bytes, towards }) =>
    towards === 'initiator' && bytes.length < 32 ? [] : [bytes],
  );
  reconnect(network);
  assert.equal(methodsOn(network, 'CPNS-1'), [3]);
  passAll(network);
  reconnect(network);
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 4]);
  reconnect(network);
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 4, 4]);
  assertWorks(network);
});

test('a responder that does not answer is tried with public keys after two messages', () => {
  const { network } = connectedOnce();
  const sent: number[] = [];
  interceptHandshake(network, 'CPNS-1', ({ bytes, towards }) => {
    if (towards === 'responder') sent.push(bytes[0]!);
    return bytes[0] === 4 ? [] : [bytes];
  });
  reconnect(network);
  network.fireTimers();
  network.settle();
  network.fireTimers();
  network.settle();
  assert.equal(sent.slice(0, 3), [4, 4, 3]);
  assert.equal(methodsOn(network, 'CPNS-1'), [3, 3]);
  assertWorks(network);
});

test('keys that are renewed within a link are resumed too', () => {
  const { network } = connectedOnce({
    change: (own) => ({ ...own, renewAfter: 128 }),
  });
  for (let count = 0; count < 300; count += 1) {
    network.pne.report(count);
    network.settle();
  }
  assert.is(network.received.length, 300);
  assert.ok(methodsOn(network, 'CPNS-3').length > 2);
  assert.equal(new Set(methodsOn(network, 'CPNS-3').slice(1)), new Set([4]));
});

test('messages of a resumption may be lost, each', () => {
  for (let lost = 0; lost < 8; lost += 1) {
    const { network } = connectedOnce();
    let count = 0;
    network.tap = (message) => (message[0] === Channel.hopHandshake && count++ === lost ? [] : [message]);
    reconnect(network);
    recover(network, 6);
    passAll(network);
    assertWorks(network);
  }
});

test('a device whose credential is withdrawn cannot resume', () => {
  let isKnown = true;
  const { network } = connectedOnce({
    change: (own, role) =>
      role === 'pne'
        ? own
        : { ...own, peers: { candidates: (idCred) => (isKnown ? own.peers.candidates(idCred) : []) } },
  });
  isKnown = false;
  reconnect(network);
  recover(network, 4);
  assert.equal(methodsOn(network, 'CPNS-1'), [3]);
  assert.equal(new Set(refusedAt(network, 'gateway')), new Set(['credentialUnknown']));
});

test.run();
