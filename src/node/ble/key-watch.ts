// SPDX-License-Identifier: Apache-2.0

/**
 * Stands between a central's stack and its controller, and tells the key of a connection before it is used:
 * ble-host shows that of a pairing once the peer may have kept it already.
 */
import { EventEmitter } from 'node:events';
import type { Transport } from 'ble-host';
import { BLE_KEY_BYTES } from '../../link/ble.ts';
import type { Peer } from './bonds.ts';

/** HCI (Bluetooth Core, Vol 4 Part E): kinds of packets, the events and the command that count here. */
const COMMAND = 0x01;
const EVENT = 0x04;
const DISCONNECTION_COMPLETE = 0x05;
const LE_META = 0x3e;
const CONNECTION_COMPLETE: readonly number[] = Object.freeze([0x01, 0x0a]);
const ENABLE_ENCRYPTION = 0x2019;
/** Where the parameters of an event and of a command begin, and what is in them from there. */
const EVENT_AT = 3;
const COMMAND_AT = 4;
const ADDRESS_BYTES = 6;
const RAND_AND_EDIV_BYTES = 10;

/** `onKey` is called before the controller has the key, which is the callee's then. It must not throw. */
export function watchKeys(transport: Transport, onKey: (peer: Peer, key: Uint8Array) => void): Transport {
  const watched = new EventEmitter();
  const peers = new Map<number, Peer>();

  function note(packet: Buffer): void {
    if (packet[0] !== EVENT) return;
    if (packet[1] === DISCONNECTION_COMPLETE) peers.delete(packet.readUInt16LE(EVENT_AT + 1));
    else if (packet[1] === LE_META && CONNECTION_COMPLETE.includes(packet[EVENT_AT]!))
      peers.set(packet.readUInt16LE(EVENT_AT + 2), peerAt(packet, EVENT_AT + 5));
  }

  transport.on('data', (packet: Buffer) => {
    note(packet);
    watched.emit('data', packet);
  });
  transport.on('close', () => watched.emit('close'));
  return Object.assign(watched, {
    write(packet: Buffer): void {
      const isKey = packet[0] === COMMAND && packet.readUInt16LE(1) === ENABLE_ENCRYPTION;
      const peer = isKey ? peers.get(packet.readUInt16LE(COMMAND_AT)) : undefined;
      const keyAt = COMMAND_AT + 2 + RAND_AND_EDIV_BYTES;
      if (peer !== undefined) onKey(peer, Uint8Array.from(packet.subarray(keyAt, keyAt + BLE_KEY_BYTES)));
      transport.write(packet);
    },
  });
}

function peerAt(packet: Buffer, at: number): Peer {
  const octets = [...packet.subarray(at + 1, at + 1 + ADDRESS_BYTES)].reverse();
  const address = octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
  return { addressType: packet[at] === 0 ? 'public' : 'random', address: address.toUpperCase() };
}
