// SPDX-License-Identifier: Apache-2.0

/** Advertising and scanning. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAddress } from '../address.ts';
import { encodeAdvertisingPdu } from '../air/advertising-pdu.ts';
import { Air } from '../air/air.ts';
import { recorder } from '../air/tap.ts';
import { ErrorCode } from '../errors.ts';
import { HandHost, SECOND, seededRandom } from '../hand-host.testing.ts';
import { LeEvent } from '../hci/packet.ts';
import { LittleEndianWriter } from '../little-endian.ts';

const test = suite('simulator/controller/advertising');

const DATA = Uint8Array.of(2, 1, 6);
const RESPONSE = Uint8Array.of(3, 9, 0x50, 0x4e);

function newHosts(): { air: Air; peripheral: HandHost; central: HandHost } {
  const air = new Air(seededRandom('advertising'));
  return {
    air,
    peripheral: new HandHost(air, 'C0:00:00:00:00:01'),
    central: new HandHost(air, 'C0:00:00:00:00:02'),
  };
}

interface Scan {
  readonly isActive?: boolean;
  readonly acceptListOnly?: boolean;
  readonly filtersDuplicates?: boolean;
}

function scan(
  host: HandHost,
  { isActive = false, acceptListOnly = false, filtersDuplicates = false }: Scan,
): void {
  const parameters = new LittleEndianWriter().uint8(Number(isActive)).uint16(16).uint16(16).uint8(0);
  host.command(0x200b, parameters.uint8(Number(acceptListOnly)).finish());
  host.command(0x200c, Uint8Array.of(1, Number(filtersDuplicates)));
}

/** Event type and data of the reports. */
function reports(host: HandHost): { type: number; data: Uint8Array }[] {
  return host.leEvents(LeEvent.advertisingReport).map((report) => ({
    type: report[1]!,
    data: report.slice(10, 10 + report[9]!),
  }));
}

test('who scans is told of what is advertised, again and again', () => {
  const { air, peripheral, central } = newHosts();
  scan(central, {});
  peripheral.advertise(DATA);
  air.clock.run(SECOND);
  const all = reports(central);
  assert.ok(all.length > 20);
  for (const report of all) assert.equal(report, { type: 0, data: DATA });
});

test('who filters duplicates is told once', () => {
  const { air, peripheral, central } = newHosts();
  scan(central, { filtersDuplicates: true });
  peripheral.advertise(DATA);
  air.clock.run(SECOND);
  assert.is(reports(central).length, 1);
});

test('who scans actively is answered', () => {
  const { air, peripheral, central } = newHosts();
  scan(central, { isActive: true, filtersDuplicates: true });
  peripheral.command(0x2009, Uint8Array.of(4, ...RESPONSE, ...new Uint8Array(27)));
  peripheral.advertise(DATA);
  air.clock.run(SECOND);
  assert.equal(reports(central), [
    { type: 0, data: DATA },
    { type: 4, data: RESPONSE },
  ]);
});

test('an answer that nobody asked for is not reported', () => {
  const { air, central } = newHosts();
  scan(central, { isActive: true });
  const advertiser = { type: 0, octets: parseAddress('C0:00:00:00:00:09') } as const;
  air.advertise({ hear: () => undefined }, encodeAdvertisingPdu({ type: 4, advertiser, data: RESPONSE }));
  air.clock.run(SECOND);
  assert.equal(reports(central), []);
});

test('so many devices are remembered as reported, then all may be reported again', () => {
  const { air, central } = newHosts();
  scan(central, { filtersDuplicates: true });
  const announce = (n: number) => {
    const advertiser = { type: 0, octets: Uint8Array.of(n & 0xff, n >> 8, 0, 0, 0, 0xc0) } as const;
    air.advertise({ hear: () => undefined }, encodeAdvertisingPdu({ type: 0, advertiser, data: DATA }));
    air.clock.run(SECOND / 1000);
    return reports(central).length;
  };
  for (let n = 0; n < 256; n += 1) announce(n);
  assert.is(announce(0), 256);
  assert.is(announce(256), 257);
  assert.is(announce(0), 258);
});

test('who scans passively says nothing', () => {
  const { air, peripheral, central } = newHosts();
  const { tap, flights } = recorder();
  air.tap(tap);
  scan(central, {});
  peripheral.advertise(DATA);
  air.clock.run(SECOND);
  assert.ok(flights.every(({ pdu }) => (pdu[0]! & 0x0f) === 0));
});

test('with an accept list only its devices are heard, and connected to', () => {
  const { air, peripheral, central } = newHosts();
  const stranger = new HandHost(air, 'C0:00:00:00:00:03');
  stranger.advertise();
  peripheral.advertise(DATA);
  central.command(0x2011, Uint8Array.of(0, ...peripheral.address));
  scan(central, { acceptListOnly: true, filtersDuplicates: true });
  air.clock.run(SECOND);
  assert.equal(reports(central), [{ type: 0, data: DATA }]);
  const connect = new LittleEndianWriter().uint16(16).uint16(16).uint8(1).uint8(0).octets(new Uint8Array(6));
  connect.uint8(0).uint16(24).uint16(24).uint16(0).uint16(200).uint16(0).uint16(0);
  assert.is(central.command(0x200d, connect.finish())[0], ErrorCode.success);
  air.clock.run(SECOND);
  const [event] = central.leEvents(LeEvent.enhancedConnectionComplete);
  assert.equal(event!.slice(5, 11), peripheral.address);
});

test('the accept list has eight devices, each once, and can be emptied', () => {
  const { central } = newHosts();
  const add = (last: number) => central.command(0x2011, Uint8Array.of(1, last, 0, 0, 0, 0, 0xc0))[0];
  for (let last = 0; last < 8; last += 1) assert.is(add(last), ErrorCode.success);
  assert.is(add(7), ErrorCode.success);
  assert.is(add(8), ErrorCode.memoryExceeded);
  central.command(0x2012, Uint8Array.of(1, 3, 0, 0, 0, 0, 0xc0));
  assert.is(add(8), ErrorCode.success);
  central.command(0x2010);
  assert.is(add(9), ErrorCode.success);
});

test('advertising stops when it is told to, and with a connection', () => {
  const { air, peripheral, central } = newHosts();
  const { tap, flights } = recorder();
  air.tap(tap);
  peripheral.advertise();
  air.clock.run(SECOND);
  peripheral.command(0x200a, Uint8Array.of(0));
  air.clock.run(SECOND / 10);
  const stopped = flights.length;
  air.clock.run(SECOND);
  assert.is(flights.length, stopped);
  peripheral.advertise();
  central.connect(peripheral.address);
  air.clock.run(SECOND);
  const { tap: after, flights: later } = recorder();
  air.tap(after);
  air.clock.run(SECOND);
  assert.not.ok(later.some(({ direction }) => direction === 'advertising'));
});

test('a random address has to be set before it is used, and stays while it is', () => {
  const { peripheral } = newHosts();
  const parameters = new LittleEndianWriter()
    .uint16(32)
    .uint16(32)
    .uint8(0)
    .uint8(1)
    .octets(new Uint8Array(7));
  peripheral.command(0x2006, parameters.uint8(7).uint8(0).finish());
  assert.is(peripheral.command(0x200a, Uint8Array.of(1))[0], ErrorCode.invalidParameters);
  const random = parseAddress('C9:00:00:00:00:01');
  assert.is(peripheral.command(0x2005, random)[0], ErrorCode.success);
  assert.is(peripheral.command(0x200a, Uint8Array.of(1))[0], ErrorCode.success);
  assert.is(peripheral.command(0x2005, random)[0], ErrorCode.commandDisallowed);
  assert.is(peripheral.command(0x2006, parameters.finish())[0], ErrorCode.commandDisallowed);
});

test('parameters of advertising that are not supported are refused', () => {
  const { peripheral } = newHosts();
  const set = (min: number, max: number, type: number, policy: number) => {
    const parameters = new LittleEndianWriter().uint16(min).uint16(max).uint8(type).uint8(0);
    return peripheral.command(
      0x2006,
      parameters.octets(new Uint8Array(7)).uint8(7).uint8(policy).finish(),
    )[0];
  };
  assert.is(set(32, 32, 1, 0), ErrorCode.unsupportedParameter);
  assert.is(set(32, 32, 0, 1), ErrorCode.unsupportedParameter);
  assert.is(set(31, 32, 0, 0), ErrorCode.invalidParameters);
  assert.is(set(33, 32, 0, 0), ErrorCode.invalidParameters);
  assert.is(set(32, 0x4001, 0, 0), ErrorCode.invalidParameters);
});

test('who cannot be connected to is not', () => {
  const { air, peripheral, central } = newHosts();
  const parameters = new LittleEndianWriter()
    .uint16(32)
    .uint16(32)
    .uint8(3)
    .uint8(0)
    .octets(new Uint8Array(7));
  peripheral.command(0x2006, parameters.uint8(7).uint8(0).finish());
  peripheral.command(0x200a, Uint8Array.of(1));
  scan(central, { filtersDuplicates: true });
  central.connect(peripheral.address);
  air.clock.run(SECOND);
  assert.equal(reports(central), [{ type: 3, data: new Uint8Array(0) }]);
  assert.equal(central.leEvents(LeEvent.enhancedConnectionComplete), []);
});

test.run();
