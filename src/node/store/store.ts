// SPDX-License-Identifier: Apache-2.0

/**
 * What gateway and server keep, whatever engine is behind it: entries by key, in the order of their bytes, and
 * commits that take place as a whole or not at all.
 */
import { compareBytes } from '../../bytes/compare.ts';
import { NodeLimits } from '../../node-limits.ts';
import { refuse } from '../../refusal.ts';

export interface KeyValueStore {
  /** What was committed last under a key. */
  get(key: Uint8Array): Promise<Entry | undefined>;
  /** The first entries, `limit` at most, of which the key begins with `prefix` and comes after `after`. */
  range(prefix: Uint8Array, limit: number, after?: Uint8Array): Promise<readonly Entry[]>;
  /**
   * Puts and deletes, all or nothing, where every expectation is met: resolves with the version of what was put once
   * it will outlast any failure, with undefined where an expectation was not met and nothing has changed. Where it
   * rejects nobody can tell but by reading.
   */
  commit(changes: Changes): Promise<number | undefined>;
  /**
   * Calls `onChange` some time after a commit, of whichever process, has changed the entry of this key since this has
   * resolved; commits in short order may come as one.
   */
  watch(key: Uint8Array, onChange: () => void): Promise<Watch>;
  /** Resolves when commits under way have ended. Whatever is asked from then on is refused as `storeFailed`. */
  close(): Promise<void>;
}

/** Owned by whoever gets it. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Of the commit that put it: a positive integer, which no other commit has. */
  readonly version: number;
}

/** Keys and values are borrowed until the commit has resolved. No key is put or deleted twice. */
export interface Changes {
  readonly expected?: readonly Expectation[];
  readonly puts?: readonly Pick<Entry, 'key' | 'value'>[];
  readonly deletes?: readonly Uint8Array[];
}

export interface Expectation {
  readonly key: Uint8Array;
  /** undefined: there is no such entry. */
  readonly version: number | undefined;
}

export interface Watch {
  /** Safe to call twice. */
  close(): void;
}

/** What is said of a store that was asked something when it was closed. */
export const CLOSED = 'the store is closed';

/** Refuses `tooLong` what no engine has to take, and `badArgument` an empty key. Each engine checks before it begins. */
export function checkChanges({ puts = [], deletes = [] }: Changes): void {
  const { storeMaxKeyBytes, storeMaxValueBytes } = NodeLimits;
  for (const key of [...puts.map((put) => put.key), ...deletes]) {
    if (key.length === 0) refuse('badArgument');
    if (key.length > storeMaxKeyBytes) refuse('tooLong');
  }
  if (puts.some(({ value }) => value.length > storeMaxValueBytes)) refuse('tooLong');
}

/** Whether a commit with these changes changes the entry of `key`. */
export function changesKey({ puts = [], deletes = [] }: Changes, key: Uint8Array): boolean {
  const isKey = (other: Uint8Array) => compareBytes(key, other) === 0;
  return puts.some((put) => isKey(put.key)) || deletes.some(isKey);
}

/** All entries of which the key begins with `prefix`, in their order. */
export async function* entriesUnder(
  store: Pick<KeyValueStore, 'range'>,
  prefix: Uint8Array,
): AsyncGenerator<Entry> {
  const limit = NodeLimits.storePage;
  let page = await store.range(prefix, limit);
  for (;;) {
    yield* page;
    if (page.length < limit) return;
    page = await store.range(prefix, limit, page.at(-1)!.key);
  }
}

/** The first key above all that begin with `prefix`; undefined where there is none. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array | undefined {
  const end = prefix.slice();
  for (let at = end.length - 1; at >= 0; at -= 1) {
    if (end[at]! === 0xff) continue;
    end[at]! += 1;
    return end.slice(0, at + 1);
  }
  return undefined;
}
