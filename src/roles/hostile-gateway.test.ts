// SPDX-License-Identifier: Apache-2.0

/** A gateway that has its hop keys and turns on the records of CPNS-3, which it relays. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createFill } from '../bytes/random.testing.ts';
import { flipBit } from '../handshake/test-fixture.ts';
import { Channel, encodeChannelMessage } from '../link/channel.ts';
import { decodeRoute, encodeRoute } from '../link/route.ts';
import { refusedAt } from './attacker.testing.ts';
import { encodeMessage, MessageType } from './message.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';

const test = suite('hostile gateway');

function connected(): TestNetwork {
  const network = createTestNetwork();
  network.linkUp();
  network.settle();
  assert.equal(network.refusals, []);
  return network;
}

/** What the PNE sends for one reading, kept from the server. */
function heldReading(network: TestNetwork, value: unknown): Uint8Array {
  const held: Uint8Array[] = [];
  network.relay = (message) => {
    held.push(message);
    return [];
  };
  network.pne.report(value);
  network.settle();
  network.relay = (message) => [message];
  assert.is(held.length, 1);
  return held[0]!;
}

function values(network: TestNetwork): unknown[] {
  return network.received.map(({ value }) => value);
}

/** The same on the same flow, with one bit of the end-to-end message changed. */
function flipRelayed(route: Uint8Array, bit: number): Uint8Array {
  const { flow, message } = decodeRoute(route);
  return encodeRoute(flow, flipBit(message, bit));
}

test('a record with any bit flipped delivers nothing, and the true one does', () => {
  const network = connected();
  const route = heldReading(network, 'true');
  const bits = 8 * decodeRoute(route).message.length;
  for (let bit = 0; bit < bits; bit += 1) network.injectRelay(flipRelayed(route, bit), 'server');
  network.settle();
  assert.equal(network.received, []);
  assert.is(refusedAt(network, 'server').length, bits);
  network.injectRelay(route, 'server');
  network.settle();
  assert.equal(values(network), ['true']);
});

test('a content with any bit flipped delivers nothing, and the true one does', () => {
  const network = connected();
  const held: Uint8Array[] = [];
  network.relay = (message) => {
    held.push(message);
    return [];
  };
  network.server.deliver('pne-1', 'true');
  network.relay = (message) => [message];
  const bits = 8 * decodeRoute(held[0]!).message.length;
  for (let bit = 0; bit < bits; bit += 1) network.injectRelay(flipRelayed(held[0]!, bit), 'gateway');
  network.settle();
  assert.equal(network.contents, []);
  assert.is(network.refusals.length, bits);
  network.injectRelay(held[0]!, 'gateway');
  network.settle();
  assert.equal(network.contents, ['true']);
});

test('what is dropped for a while arrives once', () => {
  const network = connected();
  network.relay = () => [];
  network.pne.report('kept');
  network.server.deliver('pne-1', 'kept');
  network.settle();
  network.relay = (message) => [message];
  network.fireTimers();
  network.settle();
  assert.equal(values(network), ['kept']);
  assert.equal(network.contents, ['kept']);
});

test('what is repeated arrives once', () => {
  const network = connected();
  network.relay = (message) => [message, message, message];
  network.pne.report('once');
  network.server.deliver('pne-1', 'once');
  network.settle();
  assert.equal(values(network), ['once']);
  assert.equal(network.contents, ['once']);
  assert.ok(network.refusals.every(({ reason }) => reason === 'replay'));
});

test('what is reordered arrives once each, as it was sent', () => {
  const network = connected();
  const routes = ['first', 'second', 'third'].map((value) => heldReading(network, value));
  for (const route of routes.reverse()) network.injectRelay(route, 'server');
  network.settle();
  assert.equal(values(network), ['third', 'second', 'first']);
  assert.equal(network.refusals, []);
});

test('a record sent back to its sender, as what it is or as a handshake message, is refused', () => {
  const network = connected();
  const { message } = decodeRoute(heldReading(network, 'mine'));
  network.injectRelay(encodeRoute(network.flow, message), 'gateway');
  network.injectRelay(
    encodeRoute(network.flow, encodeChannelMessage(Channel.endToEndHandshake, message.slice(1))),
    'server',
  );
  network.settle();
  assert.equal(refusedAt(network, 'pne'), ['kidUnknown']);
  assert.equal(refusedAt(network, 'server').length, 1);
});

test('a message without protection is no record', () => {
  const network = connected();
  const reading = encodeMessage({ type: MessageType.reading, number: 0, payload: Uint8Array.of(1) });
  const content = encodeMessage({ type: MessageType.content, number: 5000, payload: Uint8Array.of(1) });
  network.injectRelay(
    encodeRoute(network.flow, encodeChannelMessage(Channel.endToEndRecord, reading)),
    'server',
  );
  network.injectRelay(
    encodeRoute(network.flow, encodeChannelMessage(Channel.endToEndRecord, content)),
    'gateway',
  );
  network.settle();
  assert.equal(network.received, []);
  assert.equal(network.contents, []);
  assert.is(refusedAt(network, 'server').length, 1);
  assert.is(refusedAt(network, 'pne').length, 1);
});

test('records that it makes up under the right identifiers are refused', () => {
  const network = connected();
  const fill = createFill(7);
  const route = heldReading(network, 'true');
  for (let round = 0; round < 200; round += 1) {
    const forged = route.slice();
    fill(forged.subarray(route.length - 16));
    network.injectRelay(forged, 'server');
  }
  network.settle();
  assert.equal(network.received, []);
  assert.equal(
    refusedAt(network, 'server'),
    Array.from({ length: 200 }, () => 'decryptionFailure'),
  );
  network.injectRelay(route, 'server');
  assert.equal(values(network), ['true']);
});

test('a replay on another flow does not lead contents astray', () => {
  const network = connected();
  const route = heldReading(network, 'true');
  network.injectRelay(route, 'server');
  network.injectRelay(encodeRoute(77, decodeRoute(route).message), 'server');
  network.settle();
  assert.equal(refusedAt(network, 'server'), ['replay']);
  network.server.deliver('pne-1', 'hello');
  network.settle();
  assert.equal(network.contents, ['hello']);
});

test('handshakes on more flows than the server keeps do not touch a session', () => {
  const network = connected();
  for (let flow = 1000; flow < 1300; flow += 1) {
    const message = encodeChannelMessage(Channel.endToEndHandshake, Uint8Array.of(3, 2, 0x41, flow & 0xff));
    network.injectRelay(encodeRoute(flow, message), 'server');
  }
  network.settle();
  assert.is(refusedAt(network, 'server').length, 300);
  network.pne.report('true');
  network.settle();
  assert.equal(values(network), ['true']);
});

test.run();
