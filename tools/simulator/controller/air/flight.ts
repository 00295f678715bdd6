// SPDX-License-Identifier: Apache-2.0

/** What is on the air, and what may change it there. */

export type Direction = 'advertising' | 'toPeripheral' | 'toCentral';

/** A PDU on its way. */
export interface Flight {
  /** Counts all PDUs of an air from 0, empty ones included. */
  readonly number: number;
  /** When it was sent, in microseconds of the air. */
  readonly time: number;
  readonly accessAddress: number;
  readonly direction: Direction;
  /** Header and payload as they are on the air: encrypted, with MIC, where the link is. Never changed. */
  readonly pdu: Uint8Array;
}

/** What arrives instead. `delay`: microseconds later than it would have. */
export interface Arrival {
  readonly pdu: Uint8Array;
  readonly delay: number;
}

/** Returns what arrives: nothing in `[]`, several for a replay, undefined for the PDU as it is. */
export type Tap = (flight: Flight) => readonly Arrival[] | undefined;
