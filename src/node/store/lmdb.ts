// SPDX-License-Identifier: Apache-2.0

/**
 * The contract over LMDB. Conditions, puts and deletes go to its writer as one list of instructions: it runs them in
 * one transaction, together with what else has come meanwhile, and answers when all of it is on the disk.
 */
import { randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, statfsSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { RunningTimer } from '../../link/timer.ts';
import { NodeLimits } from '../../node-limits.ts';
import { refuse } from '../../refusal.ts';
import { after as nodeAfter } from '../timer.ts';
import {
  type Changes,
  CLOSED,
  checkChanges,
  type Entry,
  type Expectation,
  endOfPrefix,
  type KeyValueStore,
  type Watch,
} from './store.ts';

/** As many as an integer may have that `randomInt` draws: that two of one key are the same is out of the question. */
const VERSIONS = 2 ** 48 - 1;

type Rows = Database<Uint8Array, Uint8Array>;

export interface LmdbOptions {
  /** Bytes that the folder's file system has room for: asked before each commit. */
  freeBytes?(): number;
  /** A write has failed. The process has to end at once: lmdb 3.5.6 has overwritten memory of its own then. */
  onBroken?(error: Error): void;
}

/**
 * Opens the store in a folder, and makes it where it is not there. Nobody else may read what is in it. While the file
 * system is nearly full it refuses commits with `storeFailed`, so that no write fails for want of room.
 */
export function openLmdbStore(folder: string, options: LmdbOptions = {}): KeyValueStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // Without overlapping syncs LMDB writes as in its manual: pages, sync, meta page, sync, and only then it answers.
  const root = open<Uint8Array, Uint8Array>({ path: folder, noSubdir: false, overlappingSync: false });
  const rows = root.openDB<Uint8Array, Uint8Array>('entries', {
    encoding: 'binary',
    keyEncoding: 'binary',
    useVersions: true,
  });
  return new LmdbStore(root, rows, { freeBytes: () => freeBytesOf(folder), onBroken(): void {}, ...options });
}

class LmdbStore implements KeyValueStore {
  private readonly root: RootDatabase<Uint8Array, Uint8Array>;
  private readonly rows: Rows;
  private readonly watches = new Set<Watch>();
  private readonly commits = new Set<Promise<unknown>>();
  private readonly options: Required<LmdbOptions>;
  private isBroken = false;
  private isClosed = false;
  /** There was room in this turn of the event loop: what one turn commits is far less than the reserve. */
  private hasRoom = false;

  constructor(root: RootDatabase<Uint8Array, Uint8Array>, rows: Rows, options: Required<LmdbOptions>) {
    this.root = root;
    this.rows = rows;
    this.options = options;
  }

  async get(key: Uint8Array): Promise<Entry | undefined> {
    this.checkOpen();
    const found = this.rows.getEntry(key);
    return found && entryOf(key, found.value, found.version);
  }

  async range(prefix: Uint8Array, limit: number, after?: Uint8Array): Promise<readonly Entry[]> {
    this.checkOpen();
    const start = after === undefined ? prefix : Uint8Array.of(...after, 0);
    const end = endOfPrefix(prefix);
    const options = { start, limit, versions: true, snapshot: false, ...(end !== undefined && { end }) };
    return [...this.rows.getRange(options)].map(({ key, value, version }) => entryOf(key, value, version));
  }

  async commit(changes: Changes): Promise<number | undefined> {
    this.checkOpen();
    checkChanges(changes);
    if (this.isBroken || !this.findRoom()) refuse('storeFailed');
    const version = 1 + randomInt(VERSIONS);
    const committing = Promise.all(this.instruct(changes, version));
    this.commits.add(committing);
    try {
      return (await committing).every((isMet) => isMet) ? version : undefined;
    } catch (error) {
      this.isBroken = true;
      this.options.onBroken(error as Error);
      throw error;
    } finally {
      this.commits.delete(committing);
    }
  }

  async watch(key: Uint8Array, onChange: () => void): Promise<Watch> {
    this.checkOpen();
    const watch = new PolledEntry(this.rows, key.slice(), onChange, () => this.watches.delete(watch));
    this.watches.add(watch);
    return watch;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const watch of this.watches) watch.close();
    await Promise.allSettled(this.commits);
    await this.root.close();
  }

  /** lmdb 3.5.6 throws out of a timer of its own where it is read while it closes, and so ends the process. */
  private checkOpen(): void {
    if (this.isClosed) refuse('storeFailed', CLOSED);
  }

  private findRoom(): boolean {
    if (this.hasRoom) return true;
    if (this.options.freeBytes() < NodeLimits.storeReserveBytes) return false;
    this.hasRoom = true;
    setImmediate(() => {
      this.hasRoom = false;
    });
    return true;
  }

  /** Each condition stands around the next one, the innermost around the changes. */
  private instruct({ expected = [], puts = [], deletes = [] }: Changes, version: number): Promise<boolean>[] {
    const { rows } = this;
    const answers: Promise<boolean>[] = [];
    const change = () => {
      for (const { key, value } of puts) answers.push(rows.put(key, value, version));
      for (const key of deletes) void rows.remove(key);
    };
    const within = ([first, ...others]: readonly Expectation[]): void => {
      if (first === undefined) return change();
      // Its declaration leaves out null: that there is no such entry.
      const wanted = (first.version ?? null) as number;
      answers.push(rows.ifVersion(first.key, wanted, () => within(others)));
    };
    if (expected.length === 0) answers.push(rows.batch(change));
    else within(expected);
    return answers;
  }
}

/** Processes tell each other nothing: whoever watches looks now and then. */
class PolledEntry implements Watch {
  private readonly versionNow: () => number | undefined;
  private readonly onChange: () => void;
  private readonly onClosed: () => void;
  private known: number | undefined;
  private timer: RunningTimer;

  constructor(rows: Rows, key: Uint8Array, onChange: () => void, onClosed: () => void) {
    this.versionNow = () => rows.getEntry(key)?.version;
    this.onChange = onChange;
    this.onClosed = onClosed;
    this.known = this.versionNow();
    this.timer = this.wait();
  }

  close(): void {
    this.timer.cancel();
    this.onClosed();
  }

  private wait(): RunningTimer {
    return nodeAfter(NodeLimits.storePollMs, () => this.look());
  }

  private look(): void {
    this.timer = this.wait();
    const found = this.versionNow();
    if (found === this.known) return;
    this.known = found;
    this.onChange();
  }
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function entryOf(key: Uint8Array, value: Uint8Array, version: number | undefined): Entry {
  return { key: Uint8Array.from(key), value: Uint8Array.from(value), version: version! };
}
