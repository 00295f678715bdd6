// SPDX-License-Identifier: Apache-2.0

import type { PeerRecord } from './peer-record.ts';
import type { Reading, ServerStore } from './server-store.ts';

/** A change of a record, which takes place when it is stored. */
export interface Change {
  /**
   * Returns the changed record, or the same where there is nothing to change, and the reading that comes with it.
   * Called when its turn has come.
   */
  apply(record: PeerRecord): { readonly record: PeerRecord; readonly reading?: Reading };
  /** It is stored, or had nothing to change; or it has not taken place. */
  done(stored: boolean): void;
}

/** A PNE's record and what is stored of it: one commit at a time, with all the changes that came meanwhile. */
export class PeerLedger {
  private readonly pneId: string;
  private readonly store: ServerStore;
  private current: PeerRecord;
  private waiting: Change[] = [];
  /** Changes are being told of, or the store has not answered yet: new ones wait. */
  private isBusy = false;

  constructor(pneId: string, store: ServerStore, record: PeerRecord) {
    this.pneId = pneId;
    this.store = store;
    this.current = record;
  }

  /** As it is stored. */
  get record(): PeerRecord {
    return this.current;
  }

  change(change: Change): void {
    this.waiting.push(change);
    if (!this.isBusy) this.work();
  }

  /** Commits until nothing waits, or the store takes its time. */
  private work(): void {
    this.isBusy = true;
    while (this.waiting.length > 0) if (!this.commit()) return;
    this.isBusy = false;
  }

  /** Returns whether it is over. A store may answer at once or later. */
  private commit(): boolean {
    const changes = this.waiting;
    this.waiting = [];
    const { record, readings } = apply(this.current, changes);
    const finish = (stored: boolean): void => {
      if (stored) this.current = record;
      for (const change of changes) change.done(stored);
    };
    if (record !== this.current) return this.storeWith(record, readings, finish);
    finish(true);
    return true;
  }

  private storeWith(
    record: PeerRecord,
    readings: readonly Reading[],
    finish: (stored: boolean) => void,
  ): boolean {
    let isLate = false;
    let answer: boolean | undefined;
    this.store.commit(this.pneId, record, readings, (stored) => {
      answer = stored;
      if (!isLate) return;
      finish(stored);
      this.work();
    });
    isLate = true;
    if (answer === undefined) return false;
    finish(answer);
    return true;
  }
}

function apply(
  current: PeerRecord,
  changes: readonly Change[],
): { readonly record: PeerRecord; readonly readings: readonly Reading[] } {
  const readings: Reading[] = [];
  let record = current;
  for (const change of changes) {
    const changed = change.apply(record);
    record = changed.record;
    if (changed.reading !== undefined) readings.push(changed.reading);
  }
  return { record, readings };
}
