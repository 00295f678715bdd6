// SPDX-License-Identifier: Apache-2.0

/** Test code: time that passes when a test says so. */
import type { After } from './timer.ts';

interface Waiting {
  readonly due: number;
  readonly callback: () => void;
}

export class VirtualTime {
  private readonly waiting = new Set<Waiting>();
  /** In milliseconds. */
  now = 0;

  readonly after: After = (milliseconds, callback) => {
    const timer = { due: this.now + milliseconds, callback };
    this.waiting.add(timer);
    return { cancel: () => void this.waiting.delete(timer) };
  };

  /** Timers that run. */
  get running(): number {
    return this.waiting.size;
  }

  /** Milliseconds to each of them. */
  get left(): number[] {
    return [...this.waiting].map(({ due }) => due - this.now);
  }

  /** Fires what comes due meanwhile, in its order. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.now = Math.max(this.now, next.due);
      this.waiting.delete(next);
      next.callback();
    }
    this.now = end;
  }

  /** The process is stopped so long: what came due meanwhile fires once it goes on. */
  stop(milliseconds: number): void {
    this.now += milliseconds;
  }

  private next(end: number): Waiting | undefined {
    let first: Waiting | undefined;
    for (const timer of this.waiting) {
      if (timer.due <= end && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }
}
