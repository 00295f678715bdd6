// SPDX-License-Identifier: Apache-2.0

/** Hosts made by hand for tests: HCI commands in, events out, in a time of the test's own. */
import { createHash } from 'node:crypto';
import { PacketType } from '../../../src/node/ble/h4.ts';
import { parseAddress } from './address.ts';
import { Air, type Random } from './air/air.ts';
import { Controller } from './controller.ts';
import { ErrorCode } from './errors.ts';
import { Boundary, Event, encodeAcl, encodeCommand, LeEvent } from './hci/packet.ts';
import { LittleEndianReader, LittleEndianWriter } from './little-endian.ts';

/** The same bytes in each run. */
export function seededRandom(seed: string): Random {
  let count = 0;
  return (length) => {
    const blocks: Buffer[] = [];
    for (let at = 0; at < length; at += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${count}`).digest());
      count += 1;
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
  };
}

export const SECOND = 1_000_000;

export class HandHost {
  readonly air: Air;
  readonly address: Uint8Array;
  readonly controller: Controller;
  /** Everything that came, oldest first. */
  readonly packets: Uint8Array[] = [];
  /** Whether the host has stopped reading. */
  isCongested = false;

  constructor(air: Air, address: string) {
    this.air = air;
    this.address = parseAddress(address);
    this.controller = new Controller({
      air,
      address: this.address,
      deliver: (packet) => this.packets.push(packet),
      isCongested: () => this.isCongested,
    });
    this.command(0x0c01, new Uint8Array(8).fill(0xff));
    this.command(0x2001, new Uint8Array(8).fill(0xff));
  }

  /** Sends a command and returns what answered it: the status, and the result after it. */
  command(opcode: number, parameters: Uint8Array = new Uint8Array(0)): Uint8Array {
    const first = this.packets.length;
    this.controller.receive(encodeCommand(opcode, parameters));
    this.air.clock.run(0);
    for (const packet of this.packets.slice(first)) {
      const [type, code, , ...rest] = packet;
      if (type !== PacketType.event) continue;
      if (code === Event.commandComplete && named(rest, 1) === opcode) return Uint8Array.from(rest.slice(3));
      if (code === Event.commandStatus && named(rest, 2) === opcode) return Uint8Array.of(rest[0]!);
    }
    throw new Error(`no answer to command 0x${opcode.toString(16)}`);
  }

  /** The parameters of all events of a kind; those of LE without the subevent code. */
  events(code: number): Uint8Array[] {
    return this.packets
      .filter((packet) => packet[0] === PacketType.event && packet[1] === code)
      .map((packet) => packet.subarray(3));
  }

  leEvents(code: number): Uint8Array[] {
    return this.events(Event.leMeta)
      .filter((parameters) => parameters[0] === code)
      .map((parameters) => parameters.subarray(1));
  }

  /** Data that came, L2CAP PDUs joined from their parts. */
  received(): Uint8Array[] {
    return joinData(this.packets);
  }

  /** The same, as far as it came when the host had heard that the connection is encrypted. */
  receivedEncrypted(): Uint8Array[] {
    const told = this.packets.findIndex(
      ([type, code]) => type === PacketType.event && code === Event.encryptionChange,
    );
    return told < 0 ? [] : joinData(this.packets.slice(told));
  }

  send(handle: number, data: Uint8Array, boundary = 0): void {
    this.controller.receive(encodeAcl(handle, boundary, data));
  }

  advertise(data = new Uint8Array(0)): void {
    const parameters = new LittleEndianWriter().uint16(0x20).uint16(0x20).uint8(0).uint8(0).uint8(0);
    this.command(0x2006, parameters.octets(new Uint8Array(6)).uint8(7).uint8(0).finish());
    this.command(0x2008, Uint8Array.of(data.length, ...data, ...new Uint8Array(31 - data.length)));
    this.command(0x200a, Uint8Array.of(1));
  }

  /** `interval` in 1.25 ms, `timeout` in 10 ms. */
  connect(peer: Uint8Array, interval = 24, timeout = 200, peerType = 0): Uint8Array {
    const parameters = new LittleEndianWriter()
      .uint16(0x10)
      .uint16(0x10)
      .uint8(0)
      .uint8(peerType)
      .octets(peer);
    parameters.uint8(0).uint16(interval).uint16(interval).uint16(0).uint16(timeout).uint16(0).uint16(0);
    return this.command(0x200d, parameters.finish());
  }

  /** The handle of the last connection. */
  get handle(): number {
    const event = this.leEvents(LeEvent.enhancedConnectionComplete).at(-1);
    if (event === undefined || event[0] !== ErrorCode.success) throw new Error('not connected');
    return named([...event], 1);
  }

  get disconnections(): number[] {
    return this.events(Event.disconnectionComplete).map((parameters) => parameters[3]!);
  }
}

/** Two connected hosts: central first. */
export function connectedHosts(seed = 'air'): { air: Air; central: HandHost; peripheral: HandHost } {
  const air = new Air(seededRandom(seed));
  const peripheral = new HandHost(air, 'C0:00:00:00:00:01');
  const central = new HandHost(air, 'C0:00:00:00:00:02');
  peripheral.advertise();
  central.connect(peripheral.address);
  air.clock.run(SECOND / 2);
  return { air, central, peripheral };
}

/** Encrypts with a key that both hosts have, unless told otherwise. Returns the statuses of both ends. */
export function encrypt(
  { air, central, peripheral }: ReturnType<typeof connectedHosts>,
  keys: { central?: Uint8Array; peripheral?: Uint8Array } = {},
): void {
  const key = Uint8Array.from({ length: 16 }, (_, at) => at);
  const request = new LittleEndianWriter().uint16(central.handle).octets(new Uint8Array(10));
  const asked = peripheral.leEvents(LeEvent.longTermKeyRequest).length;
  central.command(0x2019, request.octets(keys.central ?? key).finish());
  air.clock.runUntil(() => peripheral.leEvents(LeEvent.longTermKeyRequest).length > asked, SECOND);
  const reply = new LittleEndianWriter().uint16(peripheral.handle).octets(keys.peripheral ?? key);
  peripheral.command(0x201a, reply.finish());
  air.clock.run(SECOND / 2);
}

function joinData(packets: readonly Uint8Array[]): Uint8Array[] {
  const joined: number[][] = [];
  for (const packet of packets) {
    if (packet[0] !== PacketType.acl) continue;
    if (((packet[2]! >> 4) & 3) === Boundary.start) joined.push([]);
    joined.at(-1)?.push(...packet.subarray(5));
  }
  return joined.map((bytes) => Uint8Array.from(bytes));
}

function named(octets: readonly number[], at: number): number {
  return new LittleEndianReader(Uint8Array.from(octets.slice(at, at + 2))).uint16();
}
