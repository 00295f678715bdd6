// SPDX-License-Identifier: Apache-2.0

/** Test code: timers that fire when the test says so. */
import type { After } from '../link/timer.ts';

export interface TestTimers {
  readonly after: After;
  /** Milliseconds of the timers that run, in the order in which they were set. */
  readonly running: number[];
  /** Fires all that run now. */
  fire(): void;
}

export function createTimers(): TestTimers {
  const timers = new Set<{ readonly milliseconds: number; readonly callback: () => void }>();
  return {
    after(milliseconds, callback) {
      const timer = { milliseconds, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    get running() {
      return [...timers].map(({ milliseconds }) => milliseconds);
    },
    fire(): void {
      for (const timer of [...timers]) if (timers.delete(timer)) timer.callback();
    },
  };
}
