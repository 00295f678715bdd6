// SPDX-License-Identifier: Apache-2.0

/** The values of ATT in one direction of a connection, put together of packets of HCI, and the link messages in them. */
import { concatBytes, equalBytes } from '../../../src/bytes/compare.ts';
import { decodeFragment } from '../../../src/link/fragment.ts';
import { Refusal } from '../../../src/refusal.ts';

/** ATT's channel of L2CAP, and what has a value behind a handle (Bluetooth Core, Vol 3 Part F 3.4.5.1, 3.4.7.1). */
const ATT_CHANNEL = 4;
const L2CAP_HEADER_BYTES = 4;
const VALUE_START = L2CAP_HEADER_BYTES + 3;
export const NOTIFICATION = 0x1b;
export const WRITE_REQUEST = 0x12;
/** Values that are kept. */
const MAX_VALUES = 64;

export interface CarriedValue {
  readonly value: Uint8Array;
  /** What they came in on the air, where that was seen. */
  readonly flights: readonly Uint8Array[];
}

export class AttValues {
  private readonly opcode: number;
  private values: CarriedValue[] = [];
  /** Of an L2CAP frame that came in part. */
  private parts: Uint8Array[] = [];
  private flights: Uint8Array[] = [];

  constructor(opcode: number) {
    this.opcode = opcode;
  }

  push(bytes: Uint8Array, isFirst: boolean, flights: readonly Uint8Array[]): void {
    if (isFirst) [this.parts, this.flights] = [[], []];
    this.parts.push(bytes);
    this.flights.push(...flights);
    const frame = concatBytes(...this.parts);
    if (frame.length < L2CAP_HEADER_BYTES + (frame[0]! | (frame[1]! << 8))) return;
    if (frame[2] !== ATT_CHANNEL || frame[3] !== 0 || frame[L2CAP_HEADER_BYTES] !== this.opcode) return;
    const carried = { value: frame.slice(VALUE_START), flights: this.flights };
    this.values = [...this.values, carried].slice(-MAX_VALUES);
  }

  /** The newest values, where they are this message. */
  of(message: Uint8Array): readonly CarriedValue[] {
    for (let start = this.values.length - 1; start >= 0; start -= 1) {
      const some = this.values.slice(start);
      const bytes = concatBytes(...some.map(({ value }) => bytesOf(value)));
      if (bytes.length > message.length) return [];
      if (equalBytes(bytes, message)) return some;
    }
    return [];
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
