// SPDX-License-Identifier: Apache-2.0

import type { Medium } from './medium.ts';

/** What a power cut throws: nobody catches it but the test. */
export class PowerCut extends Error {}

/** How a medium in memory fails at its next change. */
export type Failure = 'cutBefore' | 'cutAfter' | 'full' | 'failedAfter';

export interface MemoryMedium extends Medium {
  readonly values: Map<string, Uint8Array>;
  /** Changes since the medium was made. */
  readonly changes: { writes: number; removals: number };
  /** Fails at the change after so many more; after a power cut at all that follow. */
  failAt(changes: number, failure: Failure): void;
  /** What a start finds. */
  restart(): MemoryMedium;
}

export function createMemoryMedium(values = new Map<string, Uint8Array>()): MemoryMedium {
  const changes = { writes: 0, removals: 0 };
  let left = Number.POSITIVE_INFINITY;
  let failing: Failure = 'full';
  let isOff = false;

  function make(apply: () => void): void {
    if (isOff) throw new PowerCut();
    if (left-- > 0) {
      apply();
      return;
    }
    left = Number.POSITIVE_INFINITY;
    if (failing === 'cutAfter' || failing === 'failedAfter') apply();
    isOff = failing === 'cutBefore' || failing === 'cutAfter';
    throw isOff ? new PowerCut() : new Error('the medium failed');
  }

  return {
    values,
    changes,
    read: (name) => values.get(name)?.slice(),
    write(name, value): void {
      changes.writes += 1;
      make(() => values.set(name, value.slice()));
    },
    remove(name): void {
      if (!values.has(name)) return;
      changes.removals += 1;
      make(() => values.delete(name));
    },
    failAt(count, failure): void {
      left = count;
      failing = failure;
    },
    restart: () => createMemoryMedium(new Map(values)),
  };
}
