// SPDX-License-Identifier: Apache-2.0

/**
 * What passes between the gateway's controller and its host, and the PDUs on the air that it came in: by that, the values
 * of ATT and the PDUs that a link message was in are found again.
 */
import { formatAddress } from '../controller/address.ts';
import type { Flight } from '../controller/air/flight.ts';
import { isFull } from '../controller/air/tap.ts';
import { AttValues, type CarriedValue, NOTIFICATION, WRITE_REQUEST } from './att-values.ts';

/** Packets of HCI (Bluetooth Core, Vol 4 Part A 2, Part E 5.4.2 and 7.7.65). */
const ACL_DATA = 2;
const EVENT = 4;
const LE_META = 0x3e;
const CONNECTION_COMPLETE = 1;
const ENHANCED_CONNECTION_COMPLETE = 0x0a;
const CONTINUING = 1;
const ACL_HEADER_BYTES = 5;
const HANDLE = 0xfff;
const MIC_BYTES = 4;
const LL_HEADER_BYTES = 2;
/** In the first octet of a PDU: which of them are the link layer's own. */
const LLID = 3;
const CONTROL = 3;
/** Kept of each connection. */
const MAX_AWAITED = 16;
const MAX_FLIGHTS = 64;

interface Connection {
  readonly address: string;
  readonly up: AttValues;
  readonly down: AttValues;
  /** Messages to the PNE that were not written yet. */
  awaited: { readonly message: Uint8Array; readonly then: (values: readonly CarriedValue[]) => void }[];
}

export class HciWatch {
  private readonly addressOf: (accessAddress: number) => string | undefined;
  private readonly connections = new Map<number, Connection>();
  /** PDUs to the gateway that it was not given yet, by the PNE's address. */
  private readonly flights = new Map<string, Uint8Array[]>();

  /** `addressOf`: whose connection that is. */
  constructor(addressOf: (accessAddress: number) => string | undefined) {
    this.addressOf = addressOf;
  }

  readonly tap = (flight: Flight): undefined => {
    const address = flight.direction === 'toCentral' ? this.addressOf(flight.accessAddress) : undefined;
    if (address === undefined || !isFull(flight)) return;
    this.flights.set(address, [...(this.flights.get(address) ?? []), flight.pdu].slice(-MAX_FLIGHTS));
  };

  /** A packet that the controller gives to the host. */
  received(packet: Uint8Array): void {
    if (packet[0] === EVENT && packet[1] === LE_META) this.event(packet);
    const connection = this.connectionOf(packet);
    if (connection === undefined) return;
    const flights = this.flightOf(connection.address, packet.length - ACL_HEADER_BYTES);
    connection.up.push(packet.slice(ACL_HEADER_BYTES), isFirst(packet), flights);
  }

  /** A packet that the host gives to the controller. */
  sent(packet: Uint8Array): void {
    const connection = this.connectionOf(packet);
    if (connection === undefined) return;
    connection.down.push(packet.slice(ACL_HEADER_BYTES), isFirst(packet), []);
    const [next] = connection.awaited;
    const values = next === undefined ? [] : connection.down.of(next.message);
    if (values.length === 0) return;
    connection.awaited.shift();
    next!.then(values);
  }

  /** The values that this message of the PNE at `address` came in, the newest. */
  valuesOf(address: string, message: Uint8Array): readonly CarriedValue[] {
    return this.newest(address)?.up.of(message) ?? [];
  }

  /** Calls back with those that a message to that PNE is written in, at once or later. */
  whenWritten(address: string, message: Uint8Array, then: (values: readonly CarriedValue[]) => void): void {
    const connection = this.newest(address);
    if (connection === undefined) return;
    const values = connection.down.of(message);
    if (values.length > 0) return then(values);
    connection.awaited = [...connection.awaited, { message, then }].slice(-MAX_AWAITED);
  }

  private newest(address: string): Connection | undefined {
    return [...this.connections.values()].findLast((each) => each.address === address);
  }

  private connectionOf(packet: Uint8Array): Connection | undefined {
    if (packet[0] !== ACL_DATA) return undefined;
    return this.connections.get(headOf(packet) & HANDLE);
  }

  private event(packet: Uint8Array): void {
    const [, , , subevent, status, low, high] = packet;
    if (subevent !== CONNECTION_COMPLETE && subevent !== ENHANCED_CONNECTION_COMPLETE) return;
    if (status !== 0) return;
    const address = formatAddress(packet.subarray(9, 15));
    const handle = low! | (high! << 8);
    this.connections.delete(handle);
    const [up, down] = [new AttValues(NOTIFICATION), new AttValues(WRITE_REQUEST)];
    this.connections.set(handle, { address, up, down, awaited: [] });
  }

  /** The PDU that these bytes came in: what comes before it was given already, or not for the host. */
  private flightOf(address: string, length: number): Uint8Array[] {
    const flights = this.flights.get(address) ?? [];
    const isIts = (pdu: Uint8Array) =>
      (pdu[0]! & LLID) !== CONTROL && pdu.length === LL_HEADER_BYTES + length + MIC_BYTES;
    const at = flights.findIndex(isIts);
    if (at < 0) return [];
    this.flights.set(address, flights.slice(at + 1));
    return [flights[at]!];
  }
}

function headOf(packet: Uint8Array): number {
  return packet[1]! | (packet[2]! << 8);
}

function isFirst(packet: Uint8Array): boolean {
  return ((headOf(packet) >> 12) & 3) !== CONTINUING;
}
