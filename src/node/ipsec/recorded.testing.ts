// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: what a pair of strongSwan 5.9.8 (Debian 12) said by VICI, with ESP of its own (kernel-libipsec), and what Linux
 * 6.18 printed of policies that strongSwan had put into it. Only one end's policies were recorded: at the other one they are
 * the same the other way round.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { fromHex } from '../../bytes/hex.ts';
import type { Ends } from './evidence.ts';
import type { ViciSection } from './vici-message.ts';
import { readViciPacket } from './vici-packet.ts';

export type Recorded = keyof typeof RECORDED;

const read = (name: string) => readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');

const RECORDED = JSON.parse(read('vici.json')) as Readonly<
  Record<
    | 'listed-initiator'
    | 'listed-responder'
    | 'listed-after-child-rekey-initiator'
    | 'listed-after-child-rekey-responder'
    | 'listed-after-ike-rekey-initiator'
    | 'listed-after-ike-rekey-responder'
    | 'listed-without-child'
    | 'listed-none'
    | 'event-child-rekey'
    | 'event-ike-rekey'
    | 'event-child-down'
    | 'event-ike-down',
    readonly string[]
  >
>;

export const TUNNEL = read('xfrm-tunnel.txt');
export const TRANSPORT = read('xfrm-transport.txt');
export const TUNNEL_RESPONDER = TUNNEL.replaceAll('dir out', 'dir other')
  .replaceAll('dir in', 'dir out')
  .replaceAll('dir other', 'dir in');

export const INITIATOR: Ends = {
  local: { address: '10.10.1.1', port: 40_000 },
  remote: { address: '10.10.2.1', port: 8750 },
};
export const RESPONDER: Ends = { local: INITIATOR.remote, remote: INITIATOR.local };

export function packets(name: Recorded): readonly Uint8Array[] {
  return RECORDED[name].map(fromHex);
}

export function listed(name: Recorded): readonly ViciSection[] {
  return packets(name).map((bytes) => {
    const packet = readViciPacket(bytes);
    if (packet.kind !== 'event') throw new Error('no event');
    return packet.message;
  });
}

/** A daemon that answers with what was recorded, or as a test has it answer. */
export class RecordedDaemon {
  /** What it lists. */
  answer: Recorded = 'listed-initiator';
  /** Other bytes in place of the answer to list-sas. */
  raw: Uint8Array | undefined;
  asked = 0;
  private readonly path: string;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(path: string) {
    this.path = path;
  }

  start(): Promise<void> {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
      let held = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        held = Buffer.concat([held, chunk]);
        while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
          const end = 4 + held.readUInt32BE(0);
          this.reply(socket, held.subarray(4, end));
          held = held.subarray(end);
        }
      });
    });
    return new Promise((resolve) => this.server!.listen(this.path, resolve));
  }

  say(name: Recorded): void {
    for (const socket of this.sockets) for (const packet of packets(name)) socket.write(framed(packet));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server!.close(resolve));
  }

  private reply(socket: Socket, request: Uint8Array): void {
    if (request[0] === 3) return void socket.write(framed(Uint8Array.of(5)));
    this.asked += 1;
    if (this.raw !== undefined) return void socket.write(this.raw);
    for (const packet of packets(this.answer)) socket.write(framed(packet));
    socket.write(framed(Uint8Array.of(1)));
  }
}

export function framed(packet: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packet.length);
  return Buffer.concat([length, packet]);
}
