// SPDX-License-Identifier: Apache-2.0

/** Entries that are written behind their owner's back: one commit at a time, with all that came meanwhile. */
import { toHex } from '../../bytes/hex.ts';
import type { KeyValueStore } from './store.ts';

interface Change {
  readonly key: Uint8Array;
  /** Undefined: the entry goes. */
  readonly value: Uint8Array | undefined;
}

export class Journal {
  private readonly store: Pick<KeyValueStore, 'commit'>;
  private readonly onFailed: (error: Error) => void;
  /** Of each key the newest. */
  private waiting = new Map<string, Change>();
  private writing: Promise<void> | undefined;

  /** `onFailed`: what was to be written may be lost when the process ends. */
  constructor(store: Pick<KeyValueStore, 'commit'>, onFailed: (error: Error) => void) {
    this.store = store;
    this.onFailed = onFailed;
  }

  /** Owns the value. */
  put(key: Uint8Array, value: Uint8Array): void {
    this.change({ key, value });
  }

  delete(key: Uint8Array): void {
    this.change({ key, value: undefined });
  }

  /** Resolves when all of it is written, or has failed. */
  async written(): Promise<void> {
    await this.writing;
  }

  private change(change: Change): void {
    this.waiting.set(toHex(change.key), change);
    this.writing ??= this.write();
  }

  private async write(): Promise<void> {
    while (this.waiting.size > 0) {
      const changes = [...this.waiting.values()];
      this.waiting = new Map();
      const puts = changes.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }]));
      const deletes = changes.filter(({ value }) => value === undefined).map(({ key }) => key);
      await this.store.commit({ puts, deletes }).catch(this.onFailed);
    }
    this.writing = undefined;
  }
}
