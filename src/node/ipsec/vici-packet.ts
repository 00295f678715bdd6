// SPDX-License-Identifier: Apache-2.0

/** Packets of VICI and how a byte stream holds them (strongSwan, src/libcharon/plugins/vici/README.md). */
import { ByteReader } from '../../bytes/reader.ts';
import { NodeLimits } from '../../node-limits.ts';
import { refuse } from '../../refusal.ts';
import { readViciMessage, textOf, type ViciSection } from './vici-message.ts';

/** What a client sends. */
export const ViciRequest = Object.freeze({ command: 0, register: 3 } as const);

/** What the daemon sends. */
export type ViciPacket =
  | { readonly kind: 'response' | 'event'; readonly name: string; readonly message: ViciSection }
  | { readonly kind: 'unknown' | 'confirmed' };

const LENGTH_BYTES = 4;
const RESPONSE = 1;
const COMMAND_UNKNOWN = 2;
const EVENT_CONFIRM = 5;
const EVENT_UNKNOWN = 6;
const EVENT = 7;

/** A request without a message: `name` is ASCII, at most 255 characters. Returns it with its length in front. */
export function viciRequest(type: (typeof ViciRequest)[keyof typeof ViciRequest], name: string): Uint8Array {
  const packet = Buffer.alloc(LENGTH_BYTES + 2 + name.length);
  packet.writeUInt32BE(2 + name.length, 0);
  packet.writeUInt8(type, LENGTH_BYTES);
  packet.writeUInt8(name.length, LENGTH_BYTES + 1);
  packet.write(name, LENGTH_BYTES + 2, 'latin1');
  return packet;
}

/** Reads one packet, without its length. */
export function readViciPacket(bytes: Uint8Array): ViciPacket {
  const reader = new ByteReader(bytes);
  const type = reader.uint8();
  if (type === RESPONSE) return { kind: 'response', name: '', message: readViciMessage(reader) };
  if (type === EVENT) {
    const name = textOf(reader.take(reader.uint8()));
    return { kind: 'event', name, message: readViciMessage(reader) };
  }
  reader.end();
  if (type === EVENT_CONFIRM) return { kind: 'confirmed' };
  return type === COMMAND_UNKNOWN || type === EVENT_UNKNOWN ? { kind: 'unknown' } : refuse('wrongType');
}

/** Cuts a stream into packets. One that is longer than VICI's longest is refused before its bytes are kept. */
export class ViciPackets {
  private held = Buffer.alloc(0);

  /** Returns the packets that are whole now, in order. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.held = Buffer.concat([this.held, chunk]);
    const packets: Uint8Array[] = [];
    while (this.held.length >= LENGTH_BYTES) {
      const length = this.held.readUInt32BE(0);
      if (length > NodeLimits.viciMaxPacketBytes) refuse('tooLong');
      const end = LENGTH_BYTES + length;
      if (this.held.length < end) break;
      packets.push(this.held.subarray(LENGTH_BYTES, end));
      this.held = this.held.subarray(end);
    }
    return packets;
  }
}
