// SPDX-License-Identifier: Apache-2.0

import { compareBytes, equalBytes } from '../../bytes/compare.ts';
import { toHex } from '../../bytes/hex.ts';
import {
  type Changes,
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

class MemoryStore implements KeyValueStore {
  private readonly entries = new Map<string, Entry>();
  private readonly watches = new Set<{ readonly key: Uint8Array; readonly onChange: () => void }>();
  private version = 0;

  async get(key: Uint8Array): Promise<Entry | undefined> {
    const entry = this.entries.get(toHex(key));
    return entry && copyOf(entry);
  }

  async range(prefix: Uint8Array, limit: number, after?: Uint8Array): Promise<readonly Entry[]> {
    const within = ({ key }: Entry) =>
      equalBytes(key.subarray(0, prefix.length), prefix) && !(after && compareBytes(key, after) <= 0);
    const found = [...this.entries.values()].filter(within);
    return found
      .sort((a, b) => compareBytes(a.key, b.key))
      .slice(0, limit)
      .map(copyOf);
  }

  async commit(changes: Changes): Promise<number | undefined> {
    checkChanges(changes);
    const { expected = [], puts = [], deletes = [] } = changes;
    const isMet = expected.every(({ key, version }) => this.entries.get(toHex(key))?.version === version);
    if (!isMet) return undefined;
    this.version += 1;
    const { version } = this;
    for (const { key, value } of puts) this.entries.set(toHex(key), copyOf({ key, value, version }));
    for (const key of deletes) this.entries.delete(toHex(key));
    for (const { key, onChange } of this.watches) if (changesKey(changes, key)) queueMicrotask(onChange);
    return version;
  }

  async watch(key: Uint8Array, onChange: () => void): Promise<Watch> {
    const watch = { key: key.slice(), onChange };
    this.watches.add(watch);
    return { close: () => void this.watches.delete(watch) };
  }

  async close(): Promise<void> {}
}

function copyOf({ key, value, version }: Entry): Entry {
  return { key: key.slice(), value: value.slice(), version };
}
