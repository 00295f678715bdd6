// SPDX-License-Identifier: Apache-2.0

/** Packets of the Host Controller Interface in a stream, with their type in front (Core Specification Vol 4 Part A). */
import { refuse } from '../../refusal.ts';

export const PacketType = Object.freeze({ command: 1, acl: 2, event: 4 });

/** Octets of header after the type, and where the length of the rest is in it. */
const HEADERS: ReadonlyMap<number, { readonly octets: number; readonly lengthAt: number }> = new Map([
  [PacketType.command, { octets: 3, lengthAt: 2 }],
  [PacketType.acl, { octets: 4, lengthAt: 2 }],
  [PacketType.event, { octets: 2, lengthAt: 1 }],
]);

/** More than any packet here has: data of a host is no longer than it was told. */
const MAX_PACKET = 1 + 4 + 1024;

export class PacketStream {
  private rest: Uint8Array = new Uint8Array(0);

  /**
   * Returns the packets that `chunk` completes; holds the begin of one more. Refuses an unknown type and a
   * packet that is too long: the stream is lost then.
   */
  feed(chunk: Uint8Array): Uint8Array[] {
    let bytes: Uint8Array = new Uint8Array(this.rest.length + chunk.length);
    bytes.set(this.rest);
    bytes.set(chunk, this.rest.length);
    const packets: Uint8Array[] = [];
    for (let length = packetLength(bytes); length !== undefined; length = packetLength(bytes)) {
      if (bytes.length < length) break;
      packets.push(bytes.slice(0, length));
      bytes = bytes.subarray(length);
    }
    this.rest = bytes.slice();
    return packets;
  }
}

/** undefined where too little has come to say. */
function packetLength(bytes: Uint8Array): number | undefined {
  const type = bytes[0];
  if (type === undefined) return undefined;
  const header = HEADERS.get(type) ?? refuse('frameInvalid');
  if (bytes.length < 1 + header.octets) return undefined;
  const low = bytes[1 + header.lengthAt]!;
  const high = type === PacketType.acl ? bytes[2 + header.lengthAt]! : 0;
  const length = 1 + header.octets + low + high * 256;
  return length > MAX_PACKET ? refuse('tooLong') : length;
}
