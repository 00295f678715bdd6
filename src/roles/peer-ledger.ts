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
  private isCommitting = false;

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
    if (!this.isCommitting) this.commit();
  }

  private commit(): void {
    const changes = this.waiting;
    this.waiting = [];
    const readings: Reading[] = [];
    let next = this.current;
    for (const change of changes) {
      const { record, reading } = change.apply(next);
      next = record;
      if (reading !== undefined) readings.push(reading);
    }
    if (next === this.current) return this.finish(changes, true, next);
    this.isCommitting = true;
    this.store.commit(this.pneId, next, readings, (stored) => this.finish(changes, stored, next));
  }

  private finish(changes: readonly Change[], stored: boolean, record: PeerRecord): void {
    this.isCommitting = false;
    if (stored) this.current = record;
    for (const change of changes) change.done(stored);
    if (this.waiting.length > 0 && !this.isCommitting) this.commit();
  }
}
