// SPDX-License-Identifier: Apache-2.0

/** The store of the simulated server: records and readings that outlast it, unless a fault takes them. */
import { toHex } from '../../src/bytes/hex.ts';
import type { PeerRecord } from '../../src/roles/peer-record.ts';
import type { Reading, ServerStore } from '../../src/roles/server-store.ts';
import type { StoreMood } from './boot-file.ts';
import type { Random } from './random.ts';
import type { Life, Timeline } from './timeline.ts';

/** What is stored of one PNE. Records are never changed in place. */
interface Row {
  readonly record: PeerRecord;
  /** Payloads in hexadecimal, by the id of the reading. */
  readonly readings: ReadonlyMap<number, string>;
}

export type Snapshot = ReadonlyMap<string, Row>;

export interface DatabaseOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  /** The server's process: it waits for its store. */
  readonly life: Life;
  /** `added`: payloads of readings that are new; `replaced`: those that were under an id before. */
  onStored(pneId: string, record: PeerRecord, added: readonly string[], replaced: readonly string[]): void;
}

const MAX_LATENCY_MS = 40;

export class Database {
  mood: StoreMood = 'good';
  private readonly options: DatabaseOptions;
  private rows = new Map<string, Row>();

  constructor(options: DatabaseOptions) {
    this.options = options;
  }

  /** What a server that starts uses. */
  open(): ServerStore {
    return {
      load: (pneId, done, failed) =>
        this.soon(() => (this.mood === 'good' ? done(this.rows.get(pneId)?.record) : failed())),
      commit: (pneId, record, readings, done) => {
        this.soon(() => {
          const { mood } = this;
          if (mood !== 'full') this.store(pneId, record, readings);
          this.soon(() => done(mood === 'good'));
        });
      },
    };
  }

  record(pneId: string): PeerRecord | undefined {
    return this.rows.get(pneId)?.record;
  }

  readings(pneId: string): ReadonlyMap<number, string> {
    return this.rows.get(pneId)?.readings ?? new Map();
  }

  /** All that is stored now. */
  snapshot(): Snapshot {
    return copied(this.rows);
  }

  /** Puts an earlier state back, as when a copy is restored. */
  restore(snapshot: Snapshot): void {
    this.rows = copied(snapshot);
  }

  /** A commit, made at once. */
  store(pneId: string, record: PeerRecord, committed: readonly Reading[]): void {
    const readings = (this.rows.get(pneId)?.readings ?? new Map<number, string>()) as Map<number, string>;
    const added: string[] = [];
    const replaced: string[] = [];
    for (const { id, payload } of committed) {
      const former = readings.get(id);
      const hex = toHex(payload);
      if (former !== hex) added.push(hex);
      if (former !== undefined && former !== hex) replaced.push(former);
      readings.set(id, hex);
    }
    this.rows.set(pneId, { record, readings });
    this.options.onStored(pneId, record, added, replaced);
  }

  private soon(work: () => void): void {
    this.options.timeline.in(this.options.random.whole(0, MAX_LATENCY_MS), this.options.life, work);
  }
}

function copied(rows: Snapshot): Map<string, Row> {
  return new Map([...rows].map(([id, row]) => [id, { ...row, readings: new Map(row.readings) }]));
}
