// SPDX-License-Identifier: Apache-2.0

/** CPNS-2 between a server and its gateways: nothing passes before both have proved who they are. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import { createCredentialStore } from '../handshake/credential.ts';
import { createIdentity } from '../handshake/test-fixture.ts';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { encodeChannelMessage } from '../link/channel.ts';
import { GatewayChannel } from '../link/gateway-channel.ts';
import { Confidentiality, Integrity } from '../negotiation/mechanisms.ts';
import { assertPasses, Cpns2, joined, ROUTE } from './cpns-2.testing.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';

const test = suite('CPNS-2');
const isHandshake = (message: Uint8Array) => message[0] === GatewayChannel.handshake;

test('both ends agree on what the policy asks for, and routes pass in both directions', () => {
  const { net, gateway } = joined();
  for (const { choice, name } of [gateway.agreements[0]!, net.agreements[0]!]) {
    assert.is(name, 'CPNS-2');
    assert.is(choice.toResponder.integrity, Integrity.tag128);
    assert.is(choice.toResponder.confidentiality, Confidentiality.aesCcm128);
  }
  assert.is(net.agreements[0]!.peer.subject, 'gateway');
  assert.is(gateway.agreements[0]!.peer.subject, 'server');
  assertPasses(net, gateway);
});

test('no route is seen on the link', () => {
  const net = new Cpns2();
  const seen: Uint8Array[] = [];
  net.tap = (message) => {
    seen.push(message);
    return [message];
  };
  const gateway = net.join();
  net.settle();
  assertPasses(net, gateway);
  const holds = (message: Uint8Array) => message.join().includes(ROUTE.join());
  assert.not.ok(seen.some(holds));
  assert.is(seen.filter(isHandshake).length, 4);
});

test('a route that comes bare is refused, before and after the link is secured', () => {
  const { net, gateway } = joined();
  const bare = [ROUTE, ...[9, 10].map((channel) => encodeChannelMessage(channel, ROUTE))];
  const unsecured = new Cpns2();
  unsecured.tap = () => [];
  const stranger = unsecured.join();
  for (const message of bare) {
    for (const towards of ['server', 'gateway'] as const) {
      gateway.inject(message, towards);
      stranger.inject(message, towards);
    }
  }
  assert.is(net.refusals.length + gateway.refusals.length, 6);
  assert.is(unsecured.refusals.length + stranger.refusals.length, 6);
  assert.equal([net.routes[0]!.received, gateway.routes.received, unsecured.routes], [[], [], []]);
});

test('a gateway that the server has no credential of gets nowhere, and is told that it is refused', () => {
  const { net, gateway } = joined({ server: { peers: createCredentialStore([IDENTITIES.pne.credential]) } });
  assert.equal([net.agreements, net.routes, gateway.agreements], [[], [], []]);
  assert.ok(net.refusals.some(({ reason }) => reason === 'credentialUnknown'));
  assert.ok(gateway.refusals.includes('peerRefused'));
});

test('a gateway gets in with a message that it repeats once its credential is there', () => {
  let isKnown = false;
  const peers = { candidates: () => (isKnown ? [IDENTITIES.gateway.credential] : []) };
  const { net, gateway } = joined({ server: { peers } });
  isKnown = true;
  net.clock.pass(60_000);
  net.settle();
  assertPasses(net, gateway);
});

test('another server than that of which the gateway has the credential gets nowhere', () => {
  const peers = createCredentialStore([IDENTITIES.pne.credential]);
  const { net, gateway } = joined({ own: { peers } });
  assert.equal([net.agreements, gateway.agreements, gateway.routes.link], [[], [], undefined]);
  assert.ok(gateway.refusals.includes('credentialUnknown'));
});

test('an impostor with the credential of a gateway and without its key gets nowhere', () => {
  const privateKey = PROVIDER.generateKey(Curve.P256);
  const { net } = joined({ own: { identities: [{ ...IDENTITIES.gateway, privateKey }] } });
  assert.equal([net.agreements, net.routes], [[], []]);
});

test('a gateway that hears nothing gives the link up, and so does the server', () => {
  for (const towards of ['server', 'gateway'] as const) {
    const net = new Cpns2();
    net.tap = (message, to) => (to === towards ? [] : [message]);
    const gateway = net.join();
    net.settle();
    for (let round = 0; round < 10; round += 1) {
      net.clock.pass(10_000);
      net.settle();
    }
    assert.not.ok(gateway.isOpen, towards);
  }
});

test('a link that nobody secures ends after two minutes, and leaves no timer', () => {
  const net = new Cpns2();
  let isClosed = false;
  const events = net.links.attach({
    send(): void {},
    attestation: () => PLAIN_STREAM,
    close(): void {
      isClosed = true;
    },
  });
  net.clock.pass(ImplementationLimits.hopSecuringMs);
  assert.ok(isClosed);
  events.onClosed();
  assert.is(net.clock.running, 0);
});

test('links that nobody secures make room for a newer one, those of gateways do not', () => {
  const { net, gateway } = joined();
  const closed: number[] = [];
  for (let index = 0; index < ImplementationLimits.serverMaxGateways; index += 1) {
    net.links.attach({
      send(): void {},
      attestation: () => PLAIN_STREAM,
      close: () => closed.push(index),
    });
  }
  assert.equal([closed, gateway.isOpen], [[0], true]);
});

test('a flood of message_1 holds few half-open handshakes of a connection', () => {
  const flood: Uint8Array[] = [];
  for (let count = 0; count < 50; count += 1) {
    const net = new Cpns2();
    net.tap = (message) => {
      flood.push(message);
      return [];
    };
    net.join();
  }
  const { net, gateway } = joined();
  const before = net.clock.running;
  for (const message of flood) gateway.inject(message, 'server');
  const { maxHalfOpenPerPeer } = ImplementationLimits;
  assert.is(net.refusals.filter(({ reason }) => reason === 'queueFull').length, 50 - maxHalfOpenPerPeer);
  // Two timers each.
  assert.is(net.clock.running - before, 2 * maxHalfOpenPerPeer);
});

test('a newer link of one gateway ends the older, and the older then changes nothing', () => {
  const { net, gateway: older } = joined();
  const newer = net.join();
  net.settle();
  assert.equal([older.isOpen, newer.isOpen, older.routes.link], [false, true, undefined]);
  assertPasses(net, newer);
});

test('two gateways are there at a time', () => {
  const other = createIdentity(PROVIDER, Curve.P256, 'gateway-2', Uint8Array.of(9));
  const peers = createCredentialStore([IDENTITIES.gateway.credential, other.credential]);
  const { net, gateway } = joined({ server: { peers } });
  const second = net.join({ own: { identities: [other] } });
  net.settle();
  assert.ok(gateway.isOpen && second.isOpen);
  assertPasses(net, second);
});

test('a gateway that is expelled has its link closed, another has not', () => {
  const { net, gateway } = joined();
  net.links.expel('gateway-2');
  net.settle();
  assert.ok(gateway.isOpen);
  net.links.expel('gateway');
  net.settle();
  assert.equal([gateway.isOpen, net.routes[0]!.link], [false, undefined]);
});

test('on a link that a gateway has secured no other one can prove itself', () => {
  const other = createIdentity(PROVIDER, Curve.P256, 'gateway-2', Uint8Array.of(9));
  const peers = createCredentialStore([IDENTITIES.gateway.credential, other.credential]);
  const { net, gateway } = joined({ server: { peers } });
  const aside = net.join({ own: { identities: [other] } });
  // What that one says comes by the link of the first.
  net.tap = (message, towards) => {
    if (towards === 'server') gateway.inject(message, 'server');
    else aside.inject(message, 'gateway');
    return [];
  };
  net.clock.pass(3000);
  net.settle();
  assert.equal(
    net.agreements.map(({ peer }) => peer.subject),
    ['gateway'],
  );
  assert.ok(net.refusals.some(({ reason }) => reason === 'credentialUnknown'));
});

test.run();
