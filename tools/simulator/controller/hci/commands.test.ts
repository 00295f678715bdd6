// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import { Air } from '../air/air.ts';
import { ErrorCode } from '../errors.ts';
import { connectedHosts, HandHost, SECOND, seededRandom } from '../hand-host.testing.ts';
import { Event, encodeCommand, LeEvent } from './packet.ts';

const test = suite('simulator/controller/commands');

const ADDRESS = 'C0:00:00:00:00:01';
/** Every opcode of the controller, with the octets that its parameters have. */
const KNOWN: ReadonlyMap<number, number> = new Map([
  [0x0406, 3],
  [0x041d, 2],
  [0x0c01, 8],
  [0x0c03, 0],
  [0x1001, 0],
  [0x1002, 0],
  [0x1003, 0],
  [0x1009, 0],
  [0x1405, 2],
  [0x2001, 8],
  [0x2002, 0],
  [0x2003, 0],
  [0x2005, 6],
  [0x2006, 15],
  [0x2007, 0],
  [0x2008, 32],
  [0x2009, 32],
  [0x200a, 1],
  [0x200b, 7],
  [0x200c, 2],
  [0x200d, 25],
  [0x200e, 0],
  [0x200f, 0],
  [0x2010, 0],
  [0x2011, 7],
  [0x2012, 7],
  [0x2013, 14],
  [0x2016, 2],
  [0x2017, 32],
  [0x2018, 0],
  [0x2019, 28],
  [0x201a, 18],
  [0x201b, 2],
  [0x201c, 0],
  [0x2022, 6],
  [0x2023, 0],
  [0x2024, 4],
  [0x2025, 0],
  [0x2026, 64],
  [0x202f, 0],
]);

function newHost(): HandHost {
  return new HandHost(new Air(seededRandom('commands')), ADDRESS);
}

test('every other opcode is answered with Unknown HCI Command', () => {
  const host = newHost();
  for (let opcode = 0; opcode < 0x10000; opcode += 1) {
    if (KNOWN.has(opcode)) continue;
    if (host.command(opcode)[0] !== ErrorCode.unknownCommand) assert.unreachable(opcode.toString(16));
    host.packets.length = 0;
  }
});

test('the list of supported commands has as many as there are', () => {
  const [status, ...list] = newHost().command(0x1002);
  assert.is(status, ErrorCode.success);
  const bits = list.reduce((sum, octet) => sum + octet.toString(2).replaceAll('0', '').length, 0);
  assert.is(bits, KNOWN.size);
});

test('a command of a wrong length is answered with Invalid HCI Command Parameters', () => {
  const host = newHost();
  for (const [opcode, length] of KNOWN) {
    for (const wrong of [length - 1, length + 1, 255]) {
      if (wrong < 0) continue;
      const [status] = host.command(opcode, new Uint8Array(wrong));
      assert.is(status, ErrorCode.invalidParameters, `${opcode.toString(16)} with ${wrong}`);
    }
  }
});

test('a command that lies about its length is answered the same, and half an opcode is ignored', () => {
  const host = newHost();
  const count = host.packets.length;
  for (const packet of ['01030c', '01030c01', '01030c0000']) host.controller.receive(fromHex(packet));
  for (const packet of ['', '01', '0103', 'ff030c00', '02', '0200', '02010004', '0201000400aa']) {
    host.controller.receive(fromHex(packet));
  }
  host.air.clock.run(SECOND);
  const answers = host.packets.slice(count).map(toHex);
  assert.equal(answers, Array(3).fill('040e0401030c12'));
});

test('random parameters are answered once, whatever they are', () => {
  const random = seededRandom('parameters');
  const { air, central, peripheral } = connectedHosts();
  for (let round = 0; round < 300; round += 1) {
    for (const [opcode, length] of KNOWN) {
      const parameters = random(length);
      // Most handles are of no connection, and most switches are neither on nor off.
      if (round % 2 === 0 && length > 1) parameters.set([1, 0]);
      central.packets.length = 0;
      central.command(opcode, parameters);
      const answers = [...central.events(Event.commandComplete), ...central.events(Event.commandStatus)];
      assert.is(answers.length, 1);
    }
    air.clock.run(SECOND);
    peripheral.packets.length = 0;
  }
});

test('only a connection that is there can be named', () => {
  const host = newHost();
  for (const opcode of [0x0406, 0x041d, 0x1405, 0x2016, 0x2019, 0x201a, 0x201b, 0x2022]) {
    const [status] = host.command(opcode, new Uint8Array(KNOWN.get(opcode)!));
    assert.is(status, ErrorCode.unknownConnection, opcode.toString(16));
  }
});

test('events that a host has masked do not reach it', () => {
  const host = newHost();
  const other = new HandHost(host.air, 'C0:00:00:00:00:02');
  other.command(0x0c01, new Uint8Array(8));
  other.command(0x2001, new Uint8Array(8));
  other.advertise();
  host.connect(other.address);
  host.air.clock.run(SECOND);
  assert.is(host.leEvents(LeEvent.enhancedConnectionComplete).length, 1);
  assert.is(other.events(Event.leMeta).length, 0);
});

test('a host that knows no enhanced event gets the plain one', () => {
  const host = newHost();
  const other = new HandHost(host.air, 'C0:00:00:00:00:02');
  host.command(0x2001, Uint8Array.of(0x1f, 0, 0, 0, 0, 0, 0, 0));
  other.advertise();
  host.connect(other.address);
  host.air.clock.run(SECOND);
  const [event] = host.leEvents(LeEvent.connectionComplete);
  assert.is(toHex(event!), '00010000000200000000c018000000c80000');
});

test('AES of one block, as the specification has the example', () => {
  const key = fromHex('4c68384139f574d836bcf34e9dfb01bf').reverse();
  const block = fromHex('0213243546576879acbdcedfe0f10213').reverse();
  const [status, ...result] = newHost().command(0x2017, Uint8Array.of(...key, ...block));
  assert.is(status, ErrorCode.success);
  assert.is(toHex(Uint8Array.from(result).reverse()), '99ad1b5226a37e3e058e3b8e27c2c666');
});

test('two controllers agree on a DHKey', () => {
  const hosts = [newHost(), new HandHost(new Air(seededRandom('other')), ADDRESS)];
  const keys = hosts.map((host) => {
    host.command(0x2025);
    return host.leEvents(LeEvent.localP256PublicKey)[0]!.subarray(1);
  });
  const secrets = hosts.map((host, at) => {
    host.command(0x2026, keys[1 - at]);
    return host.leEvents(LeEvent.generateDhKey)[0]!;
  });
  assert.is(secrets[0]![0], ErrorCode.success);
  assert.equal(secrets[0], secrets[1]);
  assert.not.equal(secrets[0]!.subarray(1), new Uint8Array(32));
});

test('a point that is not on the curve gives no DHKey', () => {
  const host = newHost();
  host.command(0x2025);
  const key = host.leEvents(LeEvent.localP256PublicKey)[0]!.slice(1);
  key[40]! ^= 1;
  for (const point of [key, new Uint8Array(64)]) {
    host.packets.length = 0;
    host.command(0x2026, point);
    const [status, ...secret] = host.leEvents(LeEvent.generateDhKey)[0]!;
    assert.is(status, ErrorCode.invalidParameters);
    assert.equal(secret, Array(32).fill(0xff));
  }
});

test('Reset forgets connections, advertising and masks, and says nothing of it', () => {
  const { air, central, peripheral } = connectedHosts();
  central.packets.length = 0;
  central.controller.receive(encodeCommand(0x0c03));
  air.clock.run(5 * SECOND);
  assert.equal(central.packets.map(toHex), ['040e0401030c00']);
  assert.equal(peripheral.disconnections, [ErrorCode.connectionTimeout]);
});

test.run();
