// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import { NEW_PEER, type PeerRecord } from './peer-record.ts';
import { encodePeerRecord } from './peer-record-codec.ts';
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

export interface PeerLedgerOptions {
  readonly pneId: string;
  readonly store: ServerStore;
  /** As it was loaded. */
  readonly record: PeerRecord;
  readonly after: After;
  /** Somebody else has stored another record: what was built on this one is out of date. */
  onSuperseded(): void;
}

/**
 * A PNE's record and what is stored of it: one commit at a time, with all the changes that came meanwhile. What a
 * commit that failed has come to, the store is asked until it answers.
 */
export class PeerLedger {
  private readonly options: PeerLedgerOptions;
  private current: PeerRecord;
  private waiting: Change[] = [];
  private isCommitting = false;
  private isClosed = false;

  constructor(options: PeerLedgerOptions) {
    this.options = options;
    this.current = options.record;
  }

  /** As it is stored. */
  get record(): PeerRecord {
    return this.current;
  }

  change(change: Change): void {
    const isFull = this.waiting.length >= ImplementationLimits.serverMaxWaitingChanges;
    if (this.isClosed || isFull) return change.done(false);
    this.waiting.push(change);
    if (!this.isCommitting) this.commit();
  }

  /** Commits nothing any more but what is under way. */
  close(): void {
    this.isClosed = true;
    for (const change of this.waiting.splice(0)) change.done(false);
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
    const { store, pneId } = this.options;
    store.commit(pneId, next, readings, (stored) => {
      if (stored) this.finish(changes, true, next);
      else this.findOut(changes, next);
    });
  }

  private findOut(changes: readonly Change[], next: PeerRecord): void {
    const { store, pneId, after } = this.options;
    store.load(
      pneId,
      (found = NEW_PEER) => {
        if (isSame(found, next)) this.finish(changes, true, next);
        else if (isSame(found, this.current)) this.finish(changes, false, next);
        else this.supersede(changes);
      },
      () => void after(ImplementationLimits.storeRetryMs, () => this.findOut(changes, next)),
    );
  }

  private finish(changes: readonly Change[], stored: boolean, record: PeerRecord): void {
    this.isCommitting = false;
    if (stored) this.current = record;
    for (const change of changes) change.done(stored);
    if (this.waiting.length > 0 && !this.isCommitting) this.commit();
  }

  private supersede(changes: readonly Change[]): void {
    this.options.onSuperseded();
    this.close();
    for (const change of changes) change.done(false);
  }
}

function isSame(a: PeerRecord, b: PeerRecord): boolean {
  return equalBytes(encodePeerRecord(a), encodePeerRecord(b));
}
