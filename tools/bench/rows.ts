// SPDX-License-Identifier: Apache-2.0
import type { BenchClock, BenchFigure } from '../../firmware/bench/bench.ts';
import { readLine } from './figures.ts';

/** One figure and where it was taken. */
export interface BenchRow {
  readonly board: string;
  readonly engine: string;
  readonly provider: string;
  readonly op: string;
  readonly bytes: number;
  readonly unit: BenchClock['unit'];
  readonly value: number;
  /** The same in microseconds, where a chip said how many of its cycles one has. */
  readonly us?: number;
}

export type Place = Pick<BenchRow, 'board' | 'engine' | 'provider'>;

/** Called before the first operation and after each one. */
export type OnProgress = (place: Place, done: number, total: number) => void;

/** Collects the figures of one place. A run that stops short is an error, not a short table. */
export class Rows {
  private readonly rows: BenchRow[] = [];
  private readonly place: Place;
  private readonly onProgress: OnProgress;
  /** How often a device program has begun. */
  starts = 0;
  private unit: BenchClock['unit'] = 'us';
  private perMicrosecond: number | undefined;
  private total = Number.NaN;
  private unread = '';

  constructor(place: Place, onProgress: OnProgress) {
    this.place = place;
    this.onProgress = onProgress;
  }

  get isComplete(): boolean {
    return this.rows.length === this.total;
  }

  /** Takes a line of a device program. What is no figure is why it ended. */
  read(line: string): void {
    if (!line.startsWith('{')) {
      this.unread = line;
      return;
    }
    const message = readLine(line);
    if ('op' in message) {
      // Of a run that began before anybody listened, it is none.
      if (!Number.isNaN(this.total)) this.add(message);
      return;
    }
    this.starts += 1;
    this.unit = message.unit;
    this.perMicrosecond = message.perMicrosecond;
    this.start(message.figures);
  }

  lastWords(): string {
    return this.unread === '' ? '' : `: ${this.unread}`;
  }

  start(total: number): void {
    this.rows.length = 0;
    this.total = total;
    this.onProgress(this.place, 0, total);
  }

  add({ provider, op, bytes, value }: BenchFigure): void {
    const { unit, perMicrosecond } = this;
    const whole = unit === 'us' ? value : Math.round(value);
    const us = perMicrosecond === undefined ? {} : { us: value / perMicrosecond };
    const place = provider === undefined ? this.place : { ...this.place, provider, engine: 'C' };
    this.rows.push({ ...place, op, bytes, unit, value: whole, ...us });
    this.onProgress(this.place, this.rows.length, this.total);
  }

  finish(): BenchRow[] {
    if (this.isComplete) return this.rows;
    throw new Error(`${this.place.engine} gave ${this.rows.length} figures of ${this.total}`);
  }
}
