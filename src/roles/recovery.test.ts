// SPDX-License-Identifier: Apache-2.0

/** Whatever is cut off, restarted or silent: each reading arrives, and arrives once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { Channel } from '../link/channel.ts';
import { refuse } from '../refusal.ts';
import {
  agreedOn,
  deliver,
  holdHandshake,
  interceptHandshake,
  refusedAt,
  takeOne,
} from './attacker.testing.ts';
import { createTestNetwork } from './network.testing.ts';
import { connected, passAll, recover, values } from './scenario.testing.ts';

const test = suite('recovery');

test('the link lost with readings outstanding', () => {
  const network = connected();
  network.relay = () => [];
  for (let value = 0; value < ImplementationLimits.pneMaxOutstanding; value += 1) network.pne.report(value);
  network.settle();
  network.linkDown();
  passAll(network);
  recover(network);
  assert.equal(values(network), [...Array(ImplementationLimits.pneMaxOutstanding).keys()]);
  assert.ok(network.pne.idle);
});

test('a hop whose handshake has no answer is closed, and the next one works', () => {
  const network = createTestNetwork();
  network.tap = () => [];
  network.pne.report('reading');
  network.server.deliver('pne-1', 'content');
  network.linkUp();
  for (let round = 0; round <= ImplementationLimits.handshakeMaxTransmissions; round += 1) {
    network.settle();
    network.fireTimers();
  }
  network.settle();
  assert.not.ok(network.isUp);
  passAll(network);
  recover(network);
  assert.equal(values(network), ['reading']);
  assert.equal(network.contents, ['content']);
});

test('a handshake of CPNS-3 without an answer ends the link, and the next one works', () => {
  const network = createTestNetwork();
  interceptHandshake(network, 'CPNS-3', () => []);
  network.pne.report('reading');
  network.server.deliver('pne-1', 'content');
  network.linkUp();
  for (let round = 0; round <= ImplementationLimits.handshakeMaxTransmissions; round += 1) {
    network.settle();
    network.fireTimers();
  }
  network.settle();
  assert.not.ok(network.isUp);
  passAll(network);
  recover(network);
  assert.equal(values(network), ['reading']);
  assert.equal(network.contents, ['content']);
});

test('a hop whose records get nowhere ends, and the next one works', () => {
  const network = connected();
  network.tap = (message) => (message[0] === Channel.hopRecord ? [] : [message]);
  network.pne.report('reading');
  for (let round = 0; network.isUp && round < 12; round += 1) {
    network.fireTimers();
    network.settle();
  }
  assert.not.ok(network.isUp);
  passAll(network);
  recover(network);
  assert.equal(values(network), ['reading']);
});

test('messages of a former link are not taken for those of the present one', () => {
  const network = connected();
  const former: Uint8Array[] = [];
  network.tap = (message, towards) => {
    if (towards === 'gateway') former.push(message);
    return [message];
  };
  network.pne.report('first');
  network.settle();
  passAll(network);
  network.linkDown();
  network.linkUp();
  network.settle();
  for (const message of former) network.inject(message, 'gateway');
  network.settle();
  assert.equal(values(network), ['first']);
  assert.is(refusedAt(network, 'gateway').length, former.length);
});

test('a PNE that was restarted takes over its session, and its old records are refused', () => {
  const network = connected();
  const old: Uint8Array[] = [];
  network.relay = (message, towards) => {
    if (towards === 'server') old.push(message);
    return [message];
  };
  network.pne.report('before');
  network.settle();
  passAll(network);
  network.restart('pne');
  network.pne.report('after');
  recover(network);
  assert.equal(values(network), ['before', 'after']);
  assert.equal(
    network.received.map(({ id }) => id),
    [1, 2].map((epoch) => epoch * ImplementationLimits.maxReadingsPerBoot),
  );
  for (const message of old) network.injectRelay(message, 'server');
  network.settle();
  assert.equal(values(network), ['before', 'after']);
  assert.equal(refusedAt(network, 'server'), ['kidUnknown']);
});

for (const role of ['gateway', 'server'] as const) {
  test(`a ${role} that was restarted, with a reading on its way and a content waiting`, () => {
    const network = connected();
    network.pne.report('before');
    network.settle();
    network.pne.report('reading');
    network.restart(role);
    network.server.deliver('pne-1', 'content');
    recover(network);
    assert.equal(values(network), ['before', 'reading']);
    assert.equal(network.contents, ['content']);
    assert.is(agreedOn(network, 'CPNS-3').length, role === 'server' ? 4 : 2);
  });
}

test('a server that stays silent is given new keys', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'gateway' ? [] : [message]);
  network.pne.report('reading');
  for (let round = 0; round <= ImplementationLimits.maxSilentResends; round += 1) {
    network.settle();
    assert.equal(agreedOn(network, 'CPNS-3'), ['server', 'pne']);
    network.fireTimers();
  }
  passAll(network);
  recover(network);
  assert.equal(values(network), ['reading']);
  assert.equal(agreedOn(network, 'CPNS-3'), ['server', 'pne', 'server', 'pne']);
  assert.ok(network.pne.idle);
});

test('a link lost after the server took new keys and before the PNE did: it goes on with a handshake', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'gateway' ? [] : [message]);
  network.pne.report('reading');
  for (let round = 0; round <= ImplementationLimits.maxSilentResends; round += 1) {
    network.settle();
    network.fireTimers();
  }
  const held = holdHandshake(network, 'CPNS-3');
  network.settle();
  for (let step = 1; step <= 3; step += 1) deliver(network, 'CPNS-3', takeOne(held));
  assert.equal(agreedOn(network, 'CPNS-3'), ['server', 'pne', 'server']);
  network.linkDown();
  passAll(network);
  network.linkUp();
  network.settle();
  assert.ok(network.pne.idle);
  assert.equal(values(network), ['reading']);
});

test('a link that takes the place of another: that one is closed, and heard no more', () => {
  const network = connected();
  let closed = 0;
  const link = {
    send(): void {},
    attestation: () => PLAIN_STREAM,
    close(): void {
      closed += 1;
    },
  };
  const former = network.pne.attach(link);
  network.pne.attach({ ...link, close(): void {} });
  assert.is(closed, 1);
  former.onMessage(Uint8Array.of(0));
  former.onClosed();
  assert.equal(network.refusals, []);
});

test('a content that the link refuses to send is no error of who delivers it', () => {
  const network = connected();
  network.relay = () => refuse('queueFull');
  network.server.deliver('pne-1', 'content');
  passAll(network);
  recover(network);
  assert.equal(network.contents, ['content']);
  assert.equal(refusedAt(network, 'server'), ['queueFull']);
});

test('contents wait for a PNE that went away, without end and in order', () => {
  const network = connected();
  network.linkDown();
  for (const value of ['first', 'second']) network.server.deliver('pne-1', value);
  for (let round = 0; round < 8; round += 1) {
    network.settle();
    network.fireTimers();
  }
  recover(network);
  assert.equal(network.contents, ['first', 'second']);
});

test.run();
