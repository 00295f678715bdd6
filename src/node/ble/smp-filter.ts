// SPDX-License-Identifier: Apache-2.0

/**
 * Stands between a host's stack and its controller, and lets no PDU of SMP to the stack that the gate
 * refuses: ble-host does not check for a reflected public key, and takes legacy pairing and short keys. In
 * place of such a PDU the stack hears that the peer has given up.
 */
import { EventEmitter } from 'node:events';
import type { Transport } from 'ble-host';
import { judgeSmp, noteSmp, type PairingSide, SMP_MAX_BYTES, SmpOpcode } from './smp.ts';

const ACL = 0x02;
const EVENT = 0x04;
const DISCONNECTION_COMPLETE = 0x05;
const DISCONNECTION_COMPLETE_BYTES = 7;
const ACL_HEADER_BYTES = 5;
const L2CAP_HEADER_BYTES = 4;
const SMP_CID = 6;
const CONTINUES = 1;
const FIRST = 2;

export function filterSmp(transport: Transport, side: Omit<PairingSide, 'publicKey'>): Transport {
  const filtered = new EventEmitter();
  const own: PairingSide = { ...side };
  const arriving = new Map<number, Pending>();
  const leaving = new Map<number, Pending>();

  function receive(packet: Buffer): void {
    if (isDisconnection(packet)) forget(packet.readUInt16LE(4));
    const held = packet[0] === ACL ? collect(arriving, packet) : undefined;
    if (held === undefined) filtered.emit('data', packet);
    else if (held.isDecided) deliver(held);
  }

  function deliver({ handle, packets, smp }: Pending): void {
    arriving.delete(handle);
    const reason = smp === undefined ? undefined : judgeSmp(smp, own);
    if (reason !== undefined) filtered.emit('data', pairingFailed(handle, reason));
    else for (const packet of packets) filtered.emit('data', packet);
  }

  function send(packet: Buffer): void {
    const held = packet[0] === ACL ? collect(leaving, packet) : undefined;
    if (held?.isDecided === true) {
      leaving.delete(held.handle);
      if (held.smp !== undefined) noteSmp(held.smp, own);
    }
    transport.write(packet);
  }

  function forget(handle: number): void {
    arriving.delete(handle & 0x0fff);
    leaving.delete(handle & 0x0fff);
  }

  transport.on('data', receive);
  transport.on('close', () => filtered.emit('close'));
  return Object.assign(filtered, { write: send });
}

function isDisconnection(packet: Buffer): boolean {
  const isOfKind = packet[0] === EVENT && packet[1] === DISCONNECTION_COMPLETE;
  return isOfKind && packet.length === DISCONNECTION_COMPLETE_BYTES;
}

/** A message of L2CAP that has begun: held until it is whole where it is one of SMP. */
class Pending {
  readonly handle: number;
  readonly packets: Buffer[] = [];
  private bytes = Buffer.alloc(0);

  constructor(handle: number) {
    this.handle = handle;
  }

  add(packet: Buffer): this {
    this.packets.push(packet);
    this.bytes = Buffer.concat([this.bytes, packet.subarray(ACL_HEADER_BYTES)]);
    return this;
  }

  /** A header may come in pieces, too. What is longer than any PDU of SMP is judged by its beginning. */
  get isDecided(): boolean {
    const { bytes } = this;
    if (bytes.length < L2CAP_HEADER_BYTES) return false;
    const length = Math.min(bytes.readUInt16LE(0), SMP_MAX_BYTES + 1);
    return bytes.readUInt16LE(2) !== SMP_CID || bytes.length >= L2CAP_HEADER_BYTES + length;
  }

  /** The PDU, once it is decided; undefined where the message is none of SMP. */
  get smp(): Uint8Array | undefined {
    const { bytes } = this;
    if (bytes.readUInt16LE(2) !== SMP_CID) return undefined;
    return bytes.subarray(L2CAP_HEADER_BYTES, L2CAP_HEADER_BYTES + bytes.readUInt16LE(0));
  }
}

/** Returns what a packet begins or goes on with; undefined for the rest of what has been decided. */
function collect(pending: Map<number, Pending>, packet: Buffer): Pending | undefined {
  if (packet.length < ACL_HEADER_BYTES) return undefined;
  const named = packet.readUInt16LE(1);
  const handle = named & 0x0fff;
  const isEmpty = packet.length === ACL_HEADER_BYTES;
  if (((named >> 12) & 3) === CONTINUES) return isEmpty ? undefined : pending.get(handle)?.add(packet);
  const started = new Pending(handle);
  pending.set(handle, started);
  return started.add(packet);
}

function pairingFailed(handle: number, reason: number): Buffer {
  const packet = Buffer.alloc(ACL_HEADER_BYTES + L2CAP_HEADER_BYTES + 2);
  packet[0] = ACL;
  packet.writeUInt16LE(handle | (FIRST << 12), 1);
  packet.writeUInt16LE(L2CAP_HEADER_BYTES + 2, 3);
  packet.writeUInt16LE(2, 5);
  packet.writeUInt16LE(SMP_CID, 7);
  packet[9] = SmpOpcode.pairingFailed;
  packet[10] = reason;
  return packet;
}
