// SPDX-License-Identifier: Apache-2.0

/** When the events of a connection are, which both ends know from its first. Times in microseconds. */
export class EventTiming {
  private base: number;
  private baseCount = 0;
  private interval: number;

  /** `interval` in units of 1.25 ms, as everywhere in this protocol. */
  constructor(first: number, interval: number) {
    this.base = first;
    this.interval = interval * UNIT;
  }

  /** Number of the last event that began until `now`; 0 before the first. */
  count(now: number): number {
    return this.baseCount + Math.max(0, Math.floor((now - this.base) / this.interval));
  }

  timeOf(count: number): number {
    return this.base + (count - this.baseCount) * this.interval;
  }

  /** When the next event begins. */
  next(now: number): number {
    return now < this.base ? this.base : this.timeOf(this.count(now) + 1);
  }

  /** Changes the interval from event `count` on. */
  change(count: number, interval: number): void {
    this.base = this.timeOf(count);
    this.baseCount = count;
    this.interval = interval * UNIT;
  }
}

const UNIT = 1250;
