// SPDX-License-Identifier: Apache-2.0

import { toHex } from '../../bytes/hex.ts';
import { refuse } from '../../refusal.ts';
import {
  type Changes,
  CLOSED,
  changesKey,
  checkChanges,
  type Entry,
  type KeyValueStore,
  type Watch,
} from './store.ts';

/** Entries that live as long as the process: for runs that shall leave nothing behind. */
export function createMemoryStore(): KeyValueStore {
  return new MemoryStore();
}

const NOTHING = new Uint8Array(0);

class MemoryStore implements KeyValueStore {
  private readonly entries = new Map<string, Entry>();
  private readonly watches = new Set<{ readonly key: Uint8Array; readonly onChange: () => void }>();
  private version = 0;
  private isClosed = false;
  private ordered: readonly string[] | undefined;

  async get(key: Uint8Array): Promise<Entry | undefined> {
    this.checkOpen();
    const entry = this.entries.get(toHex(key));
    return entry && copyOf(entry);
  }

  async range(prefix: Uint8Array, limit: number, after?: Uint8Array): Promise<readonly Entry[]> {
    this.checkOpen();
    const names = this.inOrder();
    const [wanted, last] = [toHex(prefix), toHex(after ?? NOTHING)];
    const found: Entry[] = [];
    const [, start] = [wanted, last].sort();
    for (let at = firstFrom(names, start!); found.length < limit; at += 1) {
      const name = names[at];
      if (!name?.startsWith(wanted)) break;
      if (name !== last) found.push(copyOf(this.entries.get(name)!));
    }
    return found;
  }

  async commit(changes: Changes): Promise<number | undefined> {
    this.checkOpen();
    checkChanges(changes);
    const { expected = [], puts = [], deletes = [] } = changes;
    const isMet = expected.every(({ key, version }) => this.entries.get(toHex(key))?.version === version);
    if (!isMet) return undefined;
    this.version += 1;
    const { version } = this;
    const { size } = this.entries;
    for (const key of deletes) this.entries.delete(toHex(key));
    const isSame = this.entries.size === size;
    for (const { key, value } of puts) this.entries.set(toHex(key), copyOf({ key, value, version }));
    if (!isSame || this.entries.size !== size) this.ordered = undefined;
    for (const { key, onChange } of this.watches) if (changesKey(changes, key)) queueMicrotask(onChange);
    return version;
  }

  async watch(key: Uint8Array, onChange: () => void): Promise<Watch> {
    this.checkOpen();
    const watch = { key: key.slice(), onChange };
    this.watches.add(watch);
    return { close: () => void this.watches.delete(watch) };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.watches.clear();
  }

  private checkOpen(): void {
    if (this.isClosed) refuse('storeFailed', CLOSED);
  }

  /** Hexadecimal digits have the order of the bytes that they stand for. Sorted anew where keys have come or gone. */
  private inOrder(): readonly string[] {
    this.ordered ??= [...this.entries.keys()].sort();
    return this.ordered;
  }
}

/** Index of the first name that is not before `name`. */
function firstFrom(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle]! < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function copyOf({ key, value, version }: Entry): Entry {
  return { key: key.slice(), value: value.slice(), version };
}
