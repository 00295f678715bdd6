// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../../../src/bytes/hex.ts';
import { drop, isFull, lose, recorder } from '../air/tap.ts';
import { ErrorCode } from '../errors.ts';
import { connectedHosts, encrypt, type HandHost, SECOND, seededRandom } from '../hand-host.testing.ts';
import { Event, LeEvent } from '../hci/packet.ts';
import { LittleEndianWriter } from '../little-endian.ts';

const test = suite('simulator/controller/encryption');

const SECRET = new TextEncoder().encode('nothing readable');
const OTHER_KEY = new Uint8Array(16).fill(0xee);

/** Sends in both directions and checks that both arrive. */
function exchange({ air, central, peripheral }: ReturnType<typeof connectedHosts>): void {
  const counts = [central.received().length, peripheral.received().length];
  central.send(central.handle, SECRET);
  peripheral.send(peripheral.handle, SECRET);
  air.clock.run(SECOND);
  assert.equal(central.received().slice(counts[0]), [SECRET]);
  assert.equal(peripheral.received().slice(counts[1]), [SECRET]);
}

/** Asks for encryption and lets the peripheral's host answer nothing. */
function request({ air, central }: ReturnType<typeof connectedHosts>): number {
  const parameters = new LittleEndianWriter().uint16(central.handle).octets(new Uint8Array(26));
  const [status] = central.command(0x2019, parameters.finish());
  air.clock.run(SECOND);
  return status!;
}

function refuseKey(peripheral: HandHost): void {
  peripheral.command(0x201b, new LittleEndianWriter().uint16(peripheral.handle).finish());
}

test('both hosts are told, and data goes on', () => {
  const hosts = connectedHosts();
  encrypt(hosts);
  for (const host of [hosts.central, hosts.peripheral]) {
    assert.equal(host.events(Event.encryptionChange), [Uint8Array.of(0, 1, 0, 1)]);
  }
  exchange(hosts);
});

test('both ends ask for longer data while the central encrypts: both get all they asked for', () => {
  const hosts = connectedHosts();
  for (const host of [hosts.peripheral, hosts.central]) {
    const parameters = new LittleEndianWriter().uint16(host.handle).uint16(251).uint16(2120);
    host.command(0x2022, parameters.finish());
  }
  encrypt(hosts);
  for (const host of [hosts.central, hosts.peripheral]) {
    assert.equal(host.disconnections, []);
    assert.equal(host.events(Event.encryptionChange), [Uint8Array.of(0, 1, 0, 1)]);
    const [, , ...octets] = host.leEvents(LeEvent.dataLengthChange).at(-1)!;
    assert.equal(octets.slice(0, 2), [251, 0]);
  }
  exchange(hosts);
});

test('data is readable on the air before encryption, and nothing of it after', () => {
  const hosts = connectedHosts();
  const isReadable = (act: () => void) => {
    const { tap, flights } = recorder();
    const remove = hosts.air.tap(tap);
    act();
    remove();
    return flights.some(({ pdu }) => toHex(pdu).includes(toHex(SECRET)));
  };
  assert.ok(isReadable(() => exchange(hosts)));
  encrypt(hosts);
  assert.not.ok(isReadable(() => exchange(hosts)));
});

test('the same data is never the same on the air', () => {
  const hosts = connectedHosts();
  encrypt(hosts);
  const { tap, flights } = recorder();
  hosts.air.tap(tap);
  exchange(hosts);
  exchange(hosts);
  encrypt(hosts);
  exchange(hosts);
  const payloads = flights
    .filter(({ pdu }) => pdu[1] === SECRET.length + 4)
    .map(({ pdu }) => toHex(pdu.subarray(2)));
  assert.is(payloads.length, 6);
  assert.is(new Set(payloads).size, 6);
});

test('encryption is restarted with other keys, and said to be', () => {
  const hosts = connectedHosts();
  encrypt(hosts);
  encrypt(hosts, { central: OTHER_KEY, peripheral: OTHER_KEY });
  for (const host of [hosts.central, hosts.peripheral]) {
    assert.is(host.events(Event.encryptionChange).length, 1);
    assert.equal(host.events(Event.encryptionKeyRefresh), [Uint8Array.of(0, 1, 0)]);
  }
  exchange(hosts);
});

test('data that hosts send meanwhile waits, and is encrypted', () => {
  const hosts = connectedHosts();
  const { air, central, peripheral } = hosts;
  const { tap, flights } = recorder();
  air.tap(tap);
  request(hosts);
  central.send(central.handle, SECRET);
  peripheral.send(peripheral.handle, SECRET);
  air.clock.run(SECOND);
  assert.equal(peripheral.received(), []);
  peripheral.command(
    0x201a,
    new LittleEndianWriter().uint16(peripheral.handle).octets(new Uint8Array(16)).finish(),
  );
  air.clock.run(SECOND);
  assert.equal(peripheral.received(), [SECRET]);
  assert.equal(central.received(), [SECRET]);
  assert.not.ok(flights.some(({ pdu }) => toHex(pdu).includes(toHex(SECRET))));
});

test('with different keys the peripheral ends, and the central hears nothing more', () => {
  const hosts = connectedHosts();
  encrypt(hosts, { peripheral: OTHER_KEY });
  hosts.air.clock.run(5 * SECOND);
  assert.equal(hosts.peripheral.disconnections, [ErrorCode.micFailure]);
  assert.equal(hosts.central.disconnections, [ErrorCode.connectionTimeout]);
  assert.equal(hosts.central.events(Event.encryptionChange), []);
  assert.equal(hosts.peripheral.events(Event.encryptionChange), []);
});

test('a peripheral without a key says so, and the connection stays as it was', () => {
  const hosts = connectedHosts();
  request(hosts);
  refuseKey(hosts.peripheral);
  hosts.air.clock.run(SECOND);
  assert.equal(hosts.central.events(Event.encryptionChange), [Uint8Array.of(ErrorCode.keyMissing, 1, 0, 0)]);
  exchange(hosts);
});

test('a peripheral that has lost its key between two encryptions ends the connection', () => {
  const hosts = connectedHosts();
  encrypt(hosts);
  request(hosts);
  refuseKey(hosts.peripheral);
  hosts.air.clock.run(SECOND);
  assert.equal(hosts.central.disconnections, [ErrorCode.keyMissing]);
  assert.equal(hosts.peripheral.disconnections, [ErrorCode.localHostTerminated]);
});

test('a host that does not want to be asked for keys has none', () => {
  const hosts = connectedHosts();
  hosts.peripheral.command(0x2001, Uint8Array.of(0x0f, 0, 0, 0, 0, 0, 0, 0));
  request(hosts);
  assert.equal(hosts.central.events(Event.encryptionChange), [Uint8Array.of(ErrorCode.keyMissing, 1, 0, 0)]);
});

test('a host that never answers ends the connection after 40 s', () => {
  const hosts = connectedHosts();
  request(hosts);
  hosts.air.clock.run(38 * SECOND);
  assert.equal(hosts.central.disconnections, []);
  hosts.air.clock.run(2 * SECOND);
  assert.equal(hosts.central.disconnections, [ErrorCode.responseTimeout]);
});

test('encryption is not started twice at a time, nor by the peripheral', () => {
  const hosts = connectedHosts();
  const { central, peripheral } = hosts;
  const parameters = new LittleEndianWriter().uint16(1).octets(new Uint8Array(26)).finish();
  assert.is(peripheral.command(0x2019, parameters)[0], ErrorCode.commandDisallowed);
  assert.is(central.command(0x2019, parameters)[0], ErrorCode.success);
  assert.is(central.command(0x2019, parameters)[0], ErrorCode.commandDisallowed);
});

test('a key that nobody asked for is not taken', () => {
  const { central, peripheral } = connectedHosts();
  const reply = new LittleEndianWriter().uint16(1).octets(new Uint8Array(16)).finish();
  for (const host of [central, peripheral]) {
    assert.is(host.command(0x201a, reply)[0], ErrorCode.commandDisallowed);
    assert.is(host.command(0x201b, reply.subarray(0, 2))[0], ErrorCode.commandDisallowed);
  }
});

test('encryption starts and restarts however many PDUs are lost', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const hosts = connectedHosts(`lossy ${seed}`);
    hosts.air.tap(lose(0.3, seededRandom(`lost ${seed}`)));
    for (let round = 0; round < 3; round += 1) {
      encrypt(hosts);
      hosts.air.clock.run(2 * SECOND);
      exchange(hosts);
    }
    assert.is(hosts.central.events(Event.encryptionKeyRefresh).length, 2);
  }
});

test('a central that hears nothing of its request ends by itself', () => {
  const hosts = connectedHosts();
  hosts.air.tap(drop((flight) => isFull(flight) && flight.direction === 'toCentral'));
  request(hosts);
  assert.is(hosts.peripheral.leEvents(LeEvent.longTermKeyRequest).length, 1);
  hosts.air.clock.run(60 * SECOND);
  assert.equal(hosts.central.events(Event.encryptionChange), []);
  assert.is(hosts.central.disconnections.length, 1);
});

test.run();
