// SPDX-License-Identifier: Apache-2.0

/** How connections begin, are kept and end. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAddress } from '../address.ts';
import { encodeAdvertisingPdu } from '../air/advertising-pdu.ts';
import { Air, type Radio } from '../air/air.ts';
import { delay, drop, isFull, isOfConnection, nth, recorder } from '../air/tap.ts';
import { ErrorCode } from '../errors.ts';
import { connectedHosts, HandHost, SECOND, seededRandom } from '../hand-host.testing.ts';
import { MAX_CONNECTIONS } from '../hci/connections.ts';
import { Event, LeEvent } from '../hci/packet.ts';
import { LittleEndianWriter } from '../little-endian.ts';
import { FEATURES, VERSION } from './exchanges.ts';

const test = suite('simulator/controller/connection');

const PERIPHERAL = 'C0:00:00:00:00:01';
/** Of connectedHosts: 2 s, and events each 30 ms. */
const TIMEOUT = 2 * SECOND;
const EVENT = 30_000;
/** Floods, one after the other. */
const ROUNDS = 12;

const named = (host: HandHost) => new LittleEndianWriter().uint16(host.handle);

function advertiser(): { air: Air; peripheral: HandHost } {
  const air = new Air(seededRandom('connection'));
  const peripheral = new HandHost(air, PERIPHERAL);
  peripheral.advertise();
  return { air, peripheral };
}

test('both hosts are told of the connection, with the parameters that the central chose', () => {
  const { central, peripheral } = connectedHosts();
  const [ours] = central.leEvents(LeEvent.enhancedConnectionComplete);
  const [theirs] = peripheral.leEvents(LeEvent.enhancedConnectionComplete);
  const parameters = [24, 0, 0, 0, 200, 0, 0];
  assert.equal([...ours!], [0, 1, 0, 0, 0, ...peripheral.address, ...Array(12).fill(0), ...parameters]);
  assert.equal([...theirs!], [0, 1, 0, 1, 0, ...central.address, ...Array(12).fill(0), ...parameters]);
});

test('a connection that hears nothing ends after its timeout, at both ends', () => {
  const { air, central, peripheral } = connectedHosts();
  air.tap(drop(isOfConnection));
  air.clock.run(TIMEOUT - 2 * EVENT);
  assert.equal([...central.disconnections, ...peripheral.disconnections], []);
  air.clock.run(3 * EVENT);
  assert.equal(central.disconnections, [ErrorCode.connectionTimeout]);
  assert.equal(peripheral.disconnections, [ErrorCode.connectionTimeout]);
});

test('a connection survives silence that is shorter than its timeout', () => {
  const { air, central, peripheral } = connectedHosts();
  for (let round = 0; round < 5; round += 1) {
    const remove = air.tap(drop(isOfConnection));
    air.clock.run(TIMEOUT - 2 * EVENT);
    remove();
    air.clock.run(2 * EVENT);
  }
  assert.equal([...central.disconnections, ...peripheral.disconnections], []);
});

test('a connection that never begins is given up after six events', () => {
  const { air, peripheral } = advertiser();
  const central = new HandHost(air, 'C0:00:00:00:00:02');
  air.tap(drop(({ pdu, direction }) => direction === 'advertising' && (pdu[0]! & 0x0f) === 5));
  central.connect(peripheral.address);
  air.clock.runUntil(() => central.leEvents(LeEvent.enhancedConnectionComplete).length > 0, SECOND);
  air.clock.run(7 * EVENT);
  assert.equal(central.disconnections, [ErrorCode.notEstablished]);
  assert.equal(peripheral.leEvents(LeEvent.enhancedConnectionComplete), []);
});

test('who disconnects gives a reason, and both hosts hear theirs', () => {
  for (const isCentral of [true, false]) {
    const { air, central, peripheral } = connectedHosts();
    const [host, peer] = isCentral ? [central, peripheral] : [peripheral, central];
    host.command(0x0406, named(host).uint8(ErrorCode.remotePowerOff).finish());
    air.clock.run(SECOND);
    assert.equal(host.disconnections, [ErrorCode.localHostTerminated]);
    assert.equal(peer.disconnections, [ErrorCode.remotePowerOff]);
  }
});

test('who disconnects from a peer that is gone hears so after the timeout', () => {
  const { air, central, peripheral } = connectedHosts();
  peripheral.controller.close();
  central.command(0x0406, named(central).uint8(ErrorCode.remoteUserTerminated).finish());
  air.clock.run(TIMEOUT + EVENT);
  assert.equal(central.disconnections, [ErrorCode.connectionTimeout]);
});

test('a reason that is none is refused', () => {
  const { central } = connectedHosts();
  const [status] = central.command(0x0406, named(central).uint8(ErrorCode.micFailure).finish());
  assert.is(status, ErrorCode.invalidParameters);
});

test('features and versions of the peer are asked for by either end', () => {
  const { air, central, peripheral } = connectedHosts();
  for (const host of [central, peripheral]) {
    host.command(0x2016, named(host).finish());
    host.command(0x041d, named(host).finish());
    air.clock.run(SECOND);
    assert.equal(host.leEvents(LeEvent.remoteFeatures), [Uint8Array.of(0, 1, 0, ...FEATURES)]);
    assert.equal(host.events(Event.remoteVersion), [Uint8Array.of(0, 1, 0, ...VERSION)]);
  }
});

test('the central changes the parameters of the connection, and both hosts hear of it', () => {
  const { air, central, peripheral } = connectedHosts();
  const settings = named(central).uint16(80).uint16(80).uint16(0).uint16(300).uint16(0).uint16(0).finish();
  central.command(0x2013, settings);
  air.clock.run(SECOND);
  for (const host of [central, peripheral]) {
    assert.equal(host.leEvents(LeEvent.connectionUpdateComplete), [
      Uint8Array.of(0, 1, 0, 80, 0, 0, 0, 0x2c, 1),
    ]);
  }
  const { tap, flights } = recorder();
  air.tap(tap);
  central.send(central.handle, Uint8Array.of(1));
  air.clock.run(SECOND);
  assert.is(flights.filter(({ direction }) => direction === 'toPeripheral').length, 10);
  assert.equal(peripheral.received(), [Uint8Array.of(1)]);
});

test('a shorter timeout counts from the change', () => {
  const { air, central, peripheral } = connectedHosts();
  const settings = named(central).uint16(24).uint16(24).uint16(0).uint16(20).uint16(0).uint16(0).finish();
  central.command(0x2013, settings);
  air.clock.run(SECOND / 2);
  air.tap(drop(isOfConnection));
  air.clock.run(0.25 * SECOND);
  assert.equal(central.disconnections, [ErrorCode.connectionTimeout]);
  assert.equal(peripheral.disconnections, [ErrorCode.connectionTimeout]);
});

test('the peripheral cannot, and parameters that no connection may have are refused', () => {
  const { central, peripheral } = connectedHosts();
  const settings = (interval: number) => [interval, interval, 0, 300, 0, 0];
  const update = (host: HandHost, values: number[]) => {
    const parameters = named(host);
    for (const value of values) parameters.uint16(value);
    return host.command(0x2013, parameters.finish())[0];
  };
  assert.is(update(peripheral, settings(80)), ErrorCode.unsupportedRemoteFeature);
  assert.is(update(central, settings(5)), ErrorCode.invalidParameters);
  assert.is(update(central, [80, 79, 0, 300, 0, 0]), ErrorCode.invalidParameters);
  assert.is(update(central, [800, 800, 0, 100, 0, 0]), ErrorCode.invalidParameters);
});

test('an announced change that arrives when it is over ends the connection', () => {
  const { air, central, peripheral } = connectedHosts();
  air.tap(delay(nth(0, isFull), 12 * EVENT));
  // What is sent again in the meantime is lost too.
  let seen = 0;
  air.tap(drop((flight) => isFull(flight) && flight.direction === 'toPeripheral' && ++seen > 1));
  const settings = named(central).uint16(80).uint16(80).uint16(0).uint16(300).uint16(0).uint16(0).finish();
  central.command(0x2013, settings);
  air.clock.run(SECOND);
  assert.equal(peripheral.disconnections, [ErrorCode.instantPassed]);
});

test('a controller whose power goes is missed by its peer alone', () => {
  const { air, central, peripheral } = connectedHosts();
  central.packets.length = 0;
  central.controller.close();
  air.clock.run(TIMEOUT + EVENT);
  assert.equal(peripheral.disconnections, [ErrorCode.connectionTimeout]);
  assert.equal(central.packets, []);
});

test('a flood of requests to connect makes one connection, and the advertiser can go on', () => {
  const { air, peripheral } = advertiser();
  const attacker: Radio = { hear: () => undefined };
  air.attach(attacker);
  const flood = () => {
    for (let n = 0; n < 1000; n += 1) {
      const address = { type: 1, octets: Uint8Array.of(n & 0xff, n >> 8, 0, 0, 0, 0xc0) } as const;
      const advertiser = { type: 0, octets: parseAddress(PERIPHERAL) } as const;
      const parameters = { accessAddress: 1000 + n, interval: 6, latency: 0, timeout: 100 };
      air.advertise(
        attacker,
        encodeAdvertisingPdu({ type: 5, initiator: address, advertiser, ...parameters }),
      );
    }
    air.clock.run(SECOND / 100);
  };
  flood();
  assert.is(peripheral.leEvents(LeEvent.enhancedConnectionComplete).length, 1);
  for (let round = 1; round < ROUNDS; round += 1) {
    assert.is(peripheral.command(0x200a, Uint8Array.of(1))[0], ErrorCode.success);
    flood();
  }
  // Those of the first rounds have not begun for six events, and are over.
  const open =
    peripheral.leEvents(LeEvent.enhancedConnectionComplete).length - peripheral.disconnections.length;
  assert.ok(open < ROUNDS);
  assert.ok(peripheral.disconnections.every((reason) => reason === ErrorCode.notEstablished));
  air.clock.run(SECOND);
  const central = new HandHost(air, 'C0:00:00:00:00:02');
  peripheral.command(0x200a, Uint8Array.of(1));
  central.connect(peripheral.address);
  air.clock.run(SECOND);
  central.send(central.handle, Uint8Array.of(1));
  air.clock.run(SECOND);
  assert.equal(peripheral.received(), [Uint8Array.of(1)]);
});

test('a controller has so many connections and no more', () => {
  const air = new Air(seededRandom('many'));
  const central = new HandHost(air, 'C0:00:00:00:01:00');
  const peripherals = Array.from(
    { length: MAX_CONNECTIONS + 1 },
    (_, at) => new HandHost(air, `C0:00:00:00:00:${String(at).padStart(2, '0')}`),
  );
  const statuses = peripherals.map((peripheral) => {
    peripheral.advertise();
    const [status] = central.connect(peripheral.address);
    air.clock.run(SECOND / 5);
    return status;
  });
  assert.equal(statuses, [...Array(MAX_CONNECTIONS).fill(0), ErrorCode.connectionLimitExceeded]);
  assert.is(central.command(0x200a, Uint8Array.of(1))[0], ErrorCode.connectionLimitExceeded);
  for (const peripheral of peripherals.slice(0, MAX_CONNECTIONS)) {
    peripheral.send(peripheral.handle, peripheral.address);
    air.clock.run(SECOND / 5);
  }
  const data = central.received().map(([first]) => first);
  assert.equal(
    data,
    peripherals.slice(0, MAX_CONNECTIONS).map(({ address: [first] }) => first),
  );
});

test('an air has so many controllers and no more', () => {
  const air = new Air(seededRandom('full'));
  const hosts = Array.from({ length: 128 }, () => new HandHost(air, PERIPHERAL));
  assert.throws(() => new HandHost(air, PERIPHERAL), /128 controllers/);
  hosts[0]!.controller.close();
  new HandHost(air, PERIPHERAL);
});

test('nobody connects twice to the same device, nor to two at a time', () => {
  const { central, peripheral } = connectedHosts();
  assert.is(central.connect(peripheral.address)[0], ErrorCode.connectionExists);
  assert.is(central.connect(parseAddress('C0:00:00:00:00:77'))[0], ErrorCode.success);
  assert.is(central.connect(parseAddress('C0:00:00:00:00:78'))[0], ErrorCode.commandDisallowed);
});

test('a request that is cancelled is said to have failed, and does not connect', () => {
  const air = new Air(seededRandom('cancel'));
  const [central, peripheral] = [new HandHost(air, 'C0:00:00:00:00:02'), new HandHost(air, PERIPHERAL)];
  assert.is(central.command(0x200e)[0], ErrorCode.commandDisallowed);
  central.connect(peripheral.address);
  assert.is(central.command(0x200e)[0], ErrorCode.success);
  peripheral.advertise();
  air.clock.run(SECOND);
  const statuses = central.leEvents(LeEvent.enhancedConnectionComplete).map(([status]) => status);
  assert.equal(statuses, [ErrorCode.unknownConnection]);
  assert.equal(peripheral.leEvents(LeEvent.enhancedConnectionComplete), []);
});

test('a request that has left when the host resets makes no connection for it', () => {
  const { air, peripheral } = advertiser();
  const central = new HandHost(air, 'C0:00:00:00:00:02');
  let isLeaving = false;
  air.tap(({ pdu, direction }) => {
    isLeaving ||= direction === 'advertising' && (pdu[0]! & 0x0f) === 5;
    return undefined;
  });
  central.connect(peripheral.address);
  assert.ok(air.clock.runUntil(() => isLeaving, SECOND));
  central.command(0x0c03);
  central.command(0x0c01, new Uint8Array(8).fill(0xff));
  central.command(0x2001, new Uint8Array(8).fill(0xff));
  air.clock.run(SECOND);
  assert.equal(central.leEvents(LeEvent.enhancedConnectionComplete), []);
  assert.equal(peripheral.disconnections, [ErrorCode.notEstablished]);
});

test('what is on the air is heard by nobody else', () => {
  const { air, central, peripheral } = connectedHosts();
  const stranger = new HandHost(air, 'C0:00:00:00:00:03');
  central.send(central.handle, Uint8Array.of(1));
  air.clock.run(SECOND);
  assert.is(peripheral.received().length, 1);
  assert.equal(stranger.received(), []);
});

test.run();
