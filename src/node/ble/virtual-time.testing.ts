// SPDX-License-Identifier: Apache-2.0
import type { After } from '../../link/timer.ts';

/** Timers that run when the test lets time pass, in their order. */
export class VirtualTime {
  private now = 0;
  private readonly timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  readonly after: After = (milliseconds, callback) => {
    const timer = { at: this.now + milliseconds, callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  };

  /** Timers that have not run yet. */
  get pending(): number {
    return this.timers.size;
  }

  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (;;) {
      const [next] = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.timers.delete(next);
      this.now = next.at;
      next.callback();
    }
    this.now = end;
  }
}
