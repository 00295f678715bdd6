// SPDX-License-Identifier: Apache-2.0

/**
 * What the gateway's controller gives to its host, and the PDUs on the air that it came in: by that, the values of ATT
 * and the PDUs that a link message was in are found again.
 */
import { concatBytes, equalBytes } from '../../../src/bytes/compare.ts';
import { decodeFragment } from '../../../src/link/fragment.ts';
import { Refusal } from '../../../src/refusal.ts';
import { formatAddress } from '../controller/address.ts';
import type { Flight } from '../controller/air/flight.ts';
import { isFull } from '../controller/air/tap.ts';

/** Packets of HCI (Bluetooth Core, Vol 4 Part A 2, Part E 5.4.2 and 7.7.65). */
const ACL_DATA = 2;
const EVENT = 4;
const LE_META = 0x3e;
const CONNECTION_COMPLETE = 1;
const ENHANCED_CONNECTION_COMPLETE = 0x0a;
const CONTINUING = 1;
/** ATT's channel of L2CAP, and a notification (Vol 3 Part F 3.4.7.1). */
const ATT_CHANNEL = 4;
const NOTIFICATION = 0x1b;
const MIC_BYTES = 4;
const LL_HEADER_BYTES = 2;
/** In the first octet of a PDU: which of them are the link layer's own. */
const LLID = 3;
const CONTROL = 3;
/** Kept of each connection. */
const MAX_VALUES = 64;
const MAX_FLIGHTS = 64;

export interface CarriedValue {
  readonly value: Uint8Array;
  readonly flights: readonly Uint8Array[];
}

interface Connection {
  readonly address: string;
  values: CarriedValue[];
  /** Of an L2CAP frame that came in part. */
  parts: Uint8Array[];
  flights: Uint8Array[];
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
  packet(packet: Uint8Array): void {
    if (packet[0] === EVENT && packet[1] === LE_META) this.event(packet);
    if (packet[0] === ACL_DATA) this.data(packet);
  }

  /** The values that this message of the PNE at `address` came in, the newest. */
  valuesOf(address: string, message: Uint8Array): readonly CarriedValue[] {
    const connection = [...this.connections.values()].findLast((each) => each.address === address);
    const values = connection?.values ?? [];
    for (let start = values.length - 1; start >= 0; start -= 1) {
      const some = values.slice(start);
      const bytes = concatBytes(...some.map(({ value }) => bytesOf(value)));
      if (bytes.length > message.length) return [];
      if (equalBytes(bytes, message)) return some;
    }
    return [];
  }

  private event(packet: Uint8Array): void {
    const [, , , subevent, status, low, high] = packet;
    if (subevent !== CONNECTION_COMPLETE && subevent !== ENHANCED_CONNECTION_COMPLETE) return;
    if (status !== 0) return;
    const address = formatAddress(packet.subarray(9, 15));
    const handle = low! | (high! << 8);
    this.connections.delete(handle);
    this.connections.set(handle, { address, values: [], parts: [], flights: [] });
  }

  private data(packet: Uint8Array): void {
    const head = packet[1]! | (packet[2]! << 8);
    const connection = this.connections.get(head & 0xfff);
    if (connection === undefined) return;
    const bytes = packet.slice(5);
    if (((head >> 12) & 3) !== CONTINUING) {
      connection.parts = [];
      connection.flights = [];
    }
    connection.parts.push(bytes);
    connection.flights.push(...this.flightOf(connection.address, bytes.length));
    const frame = concatBytes(...connection.parts);
    if (frame.length < 4 || frame.length < 4 + (frame[0]! | (frame[1]! << 8))) return;
    if (frame[2] !== ATT_CHANNEL || frame[3] !== 0 || frame[4] !== NOTIFICATION) return;
    const carried = { value: frame.slice(7), flights: connection.flights };
    connection.values = [...connection.values, carried].slice(-MAX_VALUES);
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

function bytesOf(value: Uint8Array): Uint8Array {
  try {
    return decodeFragment(value).bytes;
  } catch (error) {
    if (error instanceof Refusal) return value;
    throw error;
  }
}
