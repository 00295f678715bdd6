// SPDX-License-Identifier: Apache-2.0

/** Data between two hosts: lengths, losses, flow control. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isFull, isOfConnection, lose, recorder } from '../air/tap.ts';
import { connectedHosts, encrypt, type HandHost, SECOND, seededRandom } from '../hand-host.testing.ts';
import { ACL_OCTETS, ACL_PACKETS, Event, LeEvent } from '../hci/packet.ts';
import { LittleEndianWriter } from '../little-endian.ts';

const test = suite('simulator/controller/data');

const payload = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff);

/** Sends as a host does that waits for its packets to be delivered. */
function sendAll(host: HandHost, data: readonly Uint8Array[]): void {
  const before = host.events(Event.completedPackets).length;
  for (const [at, packet] of data.entries()) {
    const isAllowed = () => at - (host.events(Event.completedPackets).length - before) < ACL_PACKETS;
    assert.ok(host.air.clock.runUntil(isAllowed, 100 * SECOND));
    host.send(host.handle, packet);
  }
  const isDelivered = () => host.events(Event.completedPackets).length - before === data.length;
  assert.ok(host.air.clock.runUntil(isDelivered, 100 * SECOND));
  host.air.clock.run(SECOND / 10);
}

function setDataLength(host: HandHost, octets: number): void {
  host.command(0x2022, new LittleEndianWriter().uint16(host.handle).uint16(octets).uint16(2120).finish());
  host.air.clock.run(SECOND);
}

for (const isEncrypted of [false, true]) {
  test(`packets of all lengths arrive in both directions, ${isEncrypted ? 'encrypted' : 'plain'}`, () => {
    const hosts = connectedHosts();
    if (isEncrypted) encrypt(hosts);
    const data = Array.from({ length: ACL_OCTETS }, (_, at) => payload(at + 1));
    sendAll(hosts.central, data);
    assert.equal(hosts.peripheral.received(), data);
    sendAll(hosts.peripheral, data);
    assert.equal(hosts.central.received(), data);
  });
}

test('an empty packet is delivered without going on the air', () => {
  const { central, peripheral } = connectedHosts();
  sendAll(central, [new Uint8Array(0)]);
  assert.is(central.events(Event.completedPackets).length, 1);
  assert.equal(peripheral.received(), []);
});

test('an L2CAP PDU in several packets is one PDU at the other end', () => {
  const { air, central, peripheral } = connectedHosts();
  central.send(central.handle, payload(200));
  central.send(central.handle, payload(90), 1);
  air.clock.run(SECOND);
  assert.equal(peripheral.received(), [Uint8Array.of(...payload(200), ...payload(90))]);
});

test('payloads have 27 octets until both ends have agreed on more', () => {
  const hosts = connectedHosts();
  const { air, central } = hosts;
  const { tap, flights } = recorder();
  air.tap(tap);
  const longest = () => Math.max(...flights.map(({ pdu }) => pdu.length - 2));
  sendAll(central, [payload(251)]);
  assert.is(longest(), 27);
  setDataLength(central, 200);
  const [lengths] = central.leEvents(LeEvent.dataLengthChange);
  assert.equal([...lengths!], [1, 0, 200, 0, 0x48, 8, 27, 0, 0x48, 1]);
  sendAll(central, [payload(251)]);
  assert.is(longest(), 200);
  encrypt(hosts);
  sendAll(central, [payload(251)]);
  assert.is(longest(), 204);
  sendAll(hosts.peripheral, [payload(251)]);
  assert.equal(hosts.peripheral.received(), Array(3).fill(payload(251)));
  assert.equal(central.received(), [payload(251)]);
});

for (const share of [0.1, 0.3, 0.5]) {
  test(`where ${share * 100} % of all PDUs are lost, all data arrives once and in order`, () => {
    const hosts = connectedHosts();
    hosts.air.tap(lose(share, seededRandom(`loss ${share}`)));
    encrypt(hosts);
    const data = Array.from({ length: 60 }, (_, at) => payload(at * 4 + 1));
    sendAll(hosts.central, data);
    sendAll(hosts.peripheral, data);
    assert.equal(hosts.peripheral.received(), data);
    assert.equal(hosts.central.received(), data);
    assert.equal(hosts.central.disconnections, []);
  });
}

test('more packets than the controller has told of are lost, and said to be', () => {
  const { air, central, peripheral } = connectedHosts();
  for (let at = 0; at <= ACL_PACKETS; at += 1) central.send(central.handle, payload(10 + at));
  air.clock.run(SECOND);
  assert.is(central.events(Event.dataBufferOverflow).length, 1);
  assert.is(central.events(Event.completedPackets).length, ACL_PACKETS);
  assert.is(peripheral.received().length, ACL_PACKETS);
});

test('a packet that is too long, or continues nothing, is not sent', () => {
  const { air, central, peripheral } = connectedHosts();
  central.send(central.handle, payload(5), 1);
  central.send(central.handle, payload(5), 3);
  central.send(central.handle, payload(ACL_OCTETS + 1));
  central.send(central.handle + 1, payload(5));
  air.clock.run(SECOND);
  assert.is(central.events(Event.dataBufferOverflow).length, 1);
  assert.equal(peripheral.received(), []);
});

test('a host hears that its packet arrived before it hears the answer', () => {
  const { air, central, peripheral } = connectedHosts();
  central.send(central.handle, payload(5));
  air.clock.runUntil(() => peripheral.received().length === 1, SECOND);
  peripheral.send(peripheral.handle, payload(6));
  air.clock.run(SECOND);
  const kinds = central.packets.map((packet) => (packet[0] === 2 ? 'data' : packet[1]));
  assert.ok(kinds.indexOf(Event.completedPackets) < kinds.indexOf('data'));
});

test('data for a host that does not read waits in the air', () => {
  const { air, central, peripheral } = connectedHosts();
  peripheral.isCongested = true;
  for (let at = 0; at < ACL_PACKETS; at += 1) central.send(central.handle, payload(20));
  air.clock.run(5 * SECOND);
  assert.equal(peripheral.received(), []);
  assert.is(central.events(Event.completedPackets).length, 0);
  assert.equal(central.disconnections, []);
  peripheral.isCongested = false;
  air.clock.run(SECOND);
  assert.equal(peripheral.received(), Array(ACL_PACKETS).fill(payload(20)));
});

test('two runs with the same seed put the same bytes on the air', () => {
  const [first, second] = [0, 1].map(() => {
    const hosts = connectedHosts('same');
    const { tap, flights } = recorder();
    hosts.air.tap(tap);
    encrypt(hosts);
    sendAll(hosts.central, [payload(100)]);
    return flights.filter(isOfConnection);
  });
  assert.equal(first, second);
  assert.ok(first!.filter(isFull).length > 5);
});

test.run();
