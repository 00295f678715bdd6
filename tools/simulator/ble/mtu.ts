// SPDX-License-Identifier: Apache-2.0

/**
 * Gives ble-host, which always offers an MTU of 517, the MTU that its board asks for: what it says and hears
 * of MTUs is no larger.
 */
import { EventEmitter } from 'node:events';
import type { Transport } from 'ble-host';

/** ACL, then L2CAP with 3 bytes for ATT, then Exchange MTU Request or Response (Vol 3 Part F 3.4.2). */
const EXCHANGE_BYTES = 12;
const ACL = 0x02;
const ATT_CID = 4;
const OPCODES: readonly number[] = Object.freeze([2, 3]);

/** `onExchange` is called once an MTU that came has been taken. */
export function limitMtu(transport: Transport, mtu: number, onExchange: () => void): Transport {
  const limited = new EventEmitter();
  transport.on('data', (packet: Buffer) => {
    const isExchange = limit(packet, mtu);
    limited.emit('data', packet);
    if (isExchange) onExchange();
  });
  transport.on('close', () => limited.emit('close'));
  return Object.assign(limited, {
    write(packet: Buffer): void {
      limit(packet, mtu);
      transport.write(packet);
    },
  });
}

/** Returns whether the packet is of an exchange. */
function limit(packet: Buffer, mtu: number): boolean {
  if (packet.length !== EXCHANGE_BYTES || packet[0] !== ACL) return false;
  if (packet.readUInt16LE(7) !== ATT_CID || !OPCODES.includes(packet[9]!)) return false;
  packet.writeUInt16LE(Math.min(mtu, packet.readUInt16LE(10)), 10);
  return true;
}
