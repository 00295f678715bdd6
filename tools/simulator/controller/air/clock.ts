// SPDX-License-Identifier: Apache-2.0

/**
 * The time of the air, in microseconds from 0. It passes only in `run`: a test lets as much of it pass as it
 * likes, and air/pacing.ts lets it follow the wall clock.
 */
import type { RunningTimer } from '../../../../src/link/timer.ts';

interface Entry {
  readonly due: number;
  readonly callback: () => void;
}

const NO_TIMER: RunningTimer = Object.freeze({ cancel: () => undefined });

export class AirClock {
  private time = 0;
  private isRunning = false;
  /** By due time; what is due at one time keeps the order in which it was asked for. */
  private readonly entries: Entry[] = [];
  private beforeAct: () => void = () => undefined;
  private afterAct: () => void = () => undefined;

  get now(): number {
    return this.time;
  }

  /** Microseconds until something happens; undefined where nothing will. */
  get untilNext(): number | undefined {
    const first = this.entries[0];
    return first === undefined ? undefined : first.due - this.time;
  }

  /** Calls `callback` once in so many microseconds, never within this call. */
  after(microseconds: number, callback: () => void): RunningTimer {
    let timer = NO_TIMER;
    this.act(() => {
      const entry = { due: this.time + microseconds, callback };
      this.insert(entry);
      timer = { cancel: () => this.remove(entry) };
    });
    return timer;
  }

  /**
   * Does what comes from outside, such as a host's command, at one moment: nothing else happens between what
   * it asks for.
   */
  act(callback: () => void): void {
    if (this.isRunning) return callback();
    this.beforeAct();
    this.isRunning = true;
    try {
      callback();
    } finally {
      this.isRunning = false;
    }
    this.afterAct();
  }

  /** Lets time pass, and happen what is due in it. */
  run(microseconds: number): void {
    const end = this.time + microseconds;
    this.isRunning = true;
    try {
      while (this.entries[0] !== undefined && this.entries[0].due <= end) this.runFirst();
    } finally {
      this.isRunning = false;
    }
    this.time = end;
  }

  /** Lets time pass until `condition` holds. Returns whether it did within `limit` microseconds. */
  runUntil(condition: () => boolean, limit: number): boolean {
    const end = this.time + limit;
    while (!condition()) {
      const step = this.untilNext;
      if (step === undefined || this.time + step > end) return false;
      this.run(step);
    }
    return true;
  }

  /** Whoever paces this clock is told before and after something comes from outside. */
  onAct(before: () => void, after: () => void): void {
    this.beforeAct = before;
    this.afterAct = after;
  }

  private runFirst(): void {
    const entry = this.entries.shift()!;
    this.time = Math.max(this.time, entry.due);
    entry.callback();
  }

  private insert(entry: Entry): void {
    let at = this.entries.length;
    while (at > 0 && this.entries[at - 1]!.due > entry.due) at -= 1;
    this.entries.splice(at, 0, entry);
  }

  private remove(entry: Entry): void {
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
  }
}
