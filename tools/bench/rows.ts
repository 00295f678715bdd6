// SPDX-License-Identifier: Apache-2.0
import type { BenchClock, BenchFigure } from '../../firmware/bench/bench.ts';

/** One figure and where it was taken. */
export interface BenchRow {
  readonly board: string;
  readonly engine: string;
  readonly provider: string;
  readonly op: string;
  readonly bytes: number;
  readonly unit: BenchClock['unit'];
  readonly value: number;
}

export type Place = Pick<BenchRow, 'board' | 'engine' | 'provider'>;

/** Called before the first operation and after each one. */
export type OnProgress = (place: Place, done: number, total: number) => void;

/** Collects the figures of one place. A run that stops short is an error, not a short table. */
export class Rows {
  private readonly rows: BenchRow[] = [];
  private readonly place: Place;
  private readonly onProgress: OnProgress;
  private readonly unit: BenchClock['unit'];
  private total = Number.NaN;
  private unread = '';

  constructor(place: Place, onProgress: OnProgress, unit: BenchClock['unit'] = 'us') {
    this.place = place;
    this.onProgress = onProgress;
    this.unit = unit;
  }

  /** Takes a line of a device program. What is no figure is why it ended. */
  read(line: string): void {
    if (!line.startsWith('{')) {
      this.unread = line;
      return;
    }
    const message = JSON.parse(line) as BenchFigure | { figures: number };
    if ('figures' in message) this.start(message.figures);
    else this.add(message);
  }

  lastWords(): string {
    return this.unread === '' ? '' : `: ${this.unread}`;
  }

  start(total: number): void {
    this.total = total;
    this.onProgress(this.place, 0, total);
  }

  add({ provider, op, bytes, value }: BenchFigure): void {
    const whole = this.unit === 'instructions' ? Math.round(value) : value;
    const place = provider === undefined ? this.place : { ...this.place, provider, engine: 'C' };
    this.rows.push({ ...place, op, bytes, unit: this.unit, value: whole });
    this.onProgress(this.place, this.rows.length, this.total);
  }

  finish(): BenchRow[] {
    if (this.rows.length === this.total) return this.rows;
    throw new Error(`${this.place.engine} gave ${this.rows.length} figures of ${this.total}`);
  }
}
