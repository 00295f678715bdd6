// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { NEW_PEER, type PeerRecord } from './peer-record.ts';
import { encodePeerRecord } from './peer-record-codec.ts';
import type { Reading, ServerStore } from './server-store.ts';

/** A change of a record, which takes place when it is stored. */
export interface Change {
  /**
   * Returns the changed record, or the same where there is nothing to change, and the readings that come with it.
   * Called when its turn has come.
   */
  apply(record: PeerRecord): { readonly record: PeerRecord; readonly readings?: readonly Reading[] };
  /** It is stored, or had nothing to change; or it has not taken place. */
  done(stored: boolean): void;
}

/** What is being stored, with the changes that have come to it. */
interface Commit {
  readonly changes: readonly Change[];
  readonly record: PeerRecord;
  /** Undefined until the store has answered. */
  isStored: boolean | undefined;
  /** Nobody waits for the answer in `commit` any more. */
  isLate: boolean;
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
  /** Changes are being told of, or the store has not answered yet: new ones wait. */
  private isBusy = false;
  private isClosed = false;

  constructor(options: PeerLedgerOptions) {
    this.options = options;
    this.current = options.record;
  }

  /** As it is stored. */
  get record(): PeerRecord {
    return this.current;
  }

  /**
   * Takes a change as its two functions. In an object or a variable, made for each reading, tsx would name each of them
   * with a call of its own, which takes a third of a microsecond.
   */
  change(apply: Change['apply'], done: Change['done']): void {
    const isFull = this.waiting.length >= NodeLimits.serverMaxWaitingChanges;
    if (this.isClosed || isFull) return done(false);
    this.waiting.push({ apply, done });
    if (!this.isBusy) this.work();
  }

  /** Commits nothing any more but what is under way. */
  close(): void {
    this.isClosed = true;
    for (const change of this.waiting.splice(0)) change.done(false);
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
    const commit: Commit = { changes, record, isStored: undefined, isLate: false };
    if (record === this.current) commit.isStored = true;
    else this.store(commit, readings);
    commit.isLate = true;
    if (commit.isStored === undefined) return false;
    this.finish(commit);
    return true;
  }

  private store(commit: Commit, readings: readonly Reading[]): void {
    const { store, pneId } = this.options;
    store.commit(pneId, commit.record, readings, (stored) =>
      stored ? this.decide(commit, true) : this.findOut(commit),
    );
  }

  private decide(commit: Commit, isStored: boolean): void {
    commit.isStored = isStored;
    if (!commit.isLate) return;
    this.finish(commit);
    this.work();
  }

  private finish({ changes, record, isStored = false }: Commit): void {
    if (isStored) this.current = record;
    for (const change of changes) change.done(isStored);
  }

  /** Of a commit that failed: whether the record is stored all the same. */
  private findOut(commit: Commit): void {
    const { store, pneId, after } = this.options;
    const { record } = commit;
    store.load(
      pneId,
      (found = NEW_PEER) => {
        if (!isSame(found, record) && !isSame(found, this.current)) this.supersede();
        this.decide(commit, isSame(found, record));
      },
      () => void after(ImplementationLimits.storeRetryMs, () => this.findOut(commit)),
    );
  }

  private supersede(): void {
    this.options.onSuperseded();
    this.close();
  }
}

function isSame(a: PeerRecord, b: PeerRecord): boolean {
  return equalBytes(encodePeerRecord(a), encodePeerRecord(b));
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
    for (const reading of changed.readings ?? []) readings.push(reading);
  }
  return { record, readings };
}
