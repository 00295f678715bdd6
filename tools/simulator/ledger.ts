// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../../src/bytes/compare.ts';
import type { Reading } from './readings.ts';

/** A reading that the server does not have as it was given to the PNE. */
export interface MissingReading {
  readonly line: number;
  readonly pne: string;
  readonly problem: 'missing' | 'altered';
}

/** What each PNE was given and what of it the server received, byte for byte. */
export class Ledger {
  /** Readings on their way, by PNE and id. */
  private readonly open = new Map<string, Map<number, Reading>>();
  private readonly altered: MissingReading[] = [];
  private readonly counts = new Map<string, { given: number; received: number }>();

  add(pne: string): void {
    this.open.set(pne, new Map());
    this.counts.set(pne, { given: 0, received: 0 });
  }

  /** Notes a reading handed to a PNE, which numbers its readings from 0. */
  given(pne: string, reading: Reading): void {
    const count = this.count(pne);
    this.open.get(pne)?.set(count.given, reading);
    count.given += 1;
  }

  /** Notes a payload that the server verified. One that nobody was given counts as altered, line 0. */
  received(pne: string, id: number, payload: Uint8Array): void {
    const reading = this.open.get(pne)?.get(id);
    this.open.get(pne)?.delete(id);
    if (reading !== undefined && equalBytes(reading.payload, payload)) this.count(pne).received += 1;
    else this.altered.push({ line: reading?.line ?? 0, pne, problem: 'altered' });
  }

  /** Readings of this PNE that the server verified byte for byte. */
  receivedOf(pne: string): number {
    return this.count(pne).received;
  }

  missing(): MissingReading[] {
    const missing = [...this.altered];
    for (const [pne, readings] of this.open) {
      for (const { line } of readings.values()) missing.push({ line, pne, problem: 'missing' });
    }
    return missing.sort((a, b) => a.line - b.line);
  }

  private count(pne: string): { given: number; received: number } {
    const count = this.counts.get(pne);
    if (count === undefined) throw new Error(`no PNE ${pne} in the ledger`);
    return count;
  }
}
