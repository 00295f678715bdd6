// SPDX-License-Identifier: Apache-2.0

import type { PeerRecord } from './peer-record.ts';

/** A verified reading as it was taken from a PNE. */
export interface Reading {
  /** Unique among the PNE's readings; later ones are higher, except within one window. */
  readonly id: number;
  /** As sent, owned by whoever gets it. */
  readonly payload: Uint8Array;
  /** What it says. */
  readonly value: unknown;
}

/** Where a CPNS Server keeps what it has to know after a restart. */
export interface ServerStore {
  /** Calls `done` with the last record committed, undefined where there is none; or `failed`. */
  load(pneId: string, done: (record: PeerRecord | undefined) => void, failed: () => void): void;
  /**
   * Stores a PNE's record and the readings that came with it, all or nothing, and calls `done` when they will outlast
   * any failure; with false where they may not, or where the record is no longer the one that was last loaded or
   * committed here. There is one commit at a time for each PNE, and after one that failed its record is loaded.
   */
  commit(
    pneId: string,
    record: PeerRecord,
    readings: readonly Reading[],
    done: (stored: boolean) => void,
  ): void;
}

/** Keeps records as long as the process lives, and readings not at all. */
export function createMemoryStore(): ServerStore {
  const records = new Map<string, PeerRecord>();
  return {
    load: (pneId, done) => done(records.get(pneId)),
    commit(pneId, record, _readings, done): void {
      records.set(pneId, record);
      done(true);
    },
  };
}
