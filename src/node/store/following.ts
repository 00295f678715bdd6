// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../../limits.ts';
import type { After, RunningTimer } from '../../link/timer.ts';
import { after as nodeAfter } from '../timer.ts';
import type { KeyValueStore } from './store.ts';

export interface FollowOptions {
  readonly store: KeyValueStore;
  /** Key of an entry whose version is new with each change of the list. */
  readonly edition: Uint8Array;
  /** Reads the list. Never called while it runs, so that what is older does not come last. */
  read(isFirst: boolean): Promise<void>;
  /** It could not be read after a change. It is tried again. */
  onFailed(error: Error): void;
  readonly after?: After;
}

/** A list that another process may change. */
export interface Following {
  /** Resolves when it was read once more. */
  refresh(): Promise<void>;
  /** Reads it once more, as after a change. */
  again(): void;
  close(): void;
}

/** Reads a list, and again after each change of it. Rejects where the first time fails. */
export async function follow({
  store,
  edition,
  read,
  onFailed,
  after = nodeAfter,
}: FollowOptions): Promise<Following> {
  let reading = Promise.resolve();
  let retry: RunningTimer | undefined;
  let isClosed = false;
  function refresh(isFirst = false): Promise<void> {
    const next = reading.then(() => read(isFirst));
    reading = next.catch(() => {});
    return next;
  }
  function changed(): void {
    retry?.cancel();
    refresh().catch((error: Error) => {
      if (isClosed) return;
      onFailed(error);
      retry = after(ImplementationLimits.storeRetryMs, changed);
    });
  }
  const watch = await store.watch(edition, changed);
  const close = () => {
    isClosed = true;
    retry?.cancel();
    watch.close();
  };
  await refresh(true).catch((error: Error) => {
    close();
    throw error;
  });
  return { refresh: () => refresh(), again: changed, close };
}
