// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../../src/limits.ts';
/**
 * Takes readings at the pace that the server sets by a content `{ interval: milliseconds }`, and reports
 * them. An interval of 0 means as fast as receipts come back. Before the first such content nothing is
 * sampled. With `{ interval, batch: readings }` so many wait for each other and are sent together.
 */
import type { RunningTimer } from '../../src/link/timer.ts';
import { Refusal } from '../../src/refusal.ts';
import type { Pne } from '../../src/roles/pne.ts';
import { heapStatistics } from '../platform/heap.ts';
import { after } from '../platform/timer.ts';
import type { Figures, Sensor, SensorEvents } from './sensor.ts';

/** Receipts between two reports of the board's figures. */
const REPORT_EVERY = 64;
const MAX_INTERVAL_MS = 86_400_000;
const { pneMaxOutstanding, readingsMaxTogether } = ImplementationLimits;

export interface Sampler {
  /** Takes the server's settings; anything but a valid interval is ignored. */
  configure(value: unknown): void;
  /** Goes on after a receipt. */
  proceed(): void;
  /** Says how the board does. */
  report(): void;
}

/** Counted by the owner, except `sent`. */
export interface Counts {
  sent: number;
  accepted: number;
  refused: number;
  /** Of groups, received. */
  contents: number;
}

export function createSampler(pne: Pne, counts: Counts, open: (events: SensorEvents) => Sensor): Sampler {
  let interval: number | undefined;
  let batch: number | undefined;
  let timer: RunningTimer | undefined;
  /** Readings asked for that have not come yet. */
  let asked = 0;
  let ended = false;

  const sensor = open({
    onReading(value: unknown): void {
      asked -= 1;
      const isFirst = pne.idle;
      try {
        pne.report(value);
        if (isFirst && batch === undefined) pne.flush();
        counts.sent += 1;
        fill();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        counts.refused += 1;
        proceed();
      }
    },
    onEnd(): void {
      ended = true;
      pne.flush();
      proceed();
    },
  });

  function proceed(): void {
    if (ended) {
      if (pne.idle) report();
      return;
    }
    fill();
    if (interval !== 0 || (counts.accepted + counts.refused) % REPORT_EVERY === 0) report();
  }

  /** Readings that turn out short leave room for more of them. */
  function fill(): void {
    if (interval === 0 && !ended) ask(pne.room - asked);
  }

  function ask(count: number): void {
    if (count <= 0) return;
    asked += count;
    sensor.sample(count);
  }

  function tick(): void {
    if (interval === undefined || interval === 0 || ended) return;
    ask(Math.min(1, pne.room - asked));
    timer = after(interval, tick);
  }

  function report(): void {
    sensor.report(figures);
  }

  function figures(): Figures {
    const { usedBytes, peakBytes } = heapStatistics();
    return { done: ended && pne.idle, ...counts, heapBytes: usedBytes, heapPeakBytes: peakBytes };
  }

  return {
    configure(value: unknown): void {
      const wanted = readInterval(value);
      if (wanted === undefined) return;
      interval = wanted;
      batch = readBatch(value);
      // Where none is asked for, what is sampled while others are under way goes together: half of what there is room for.
      pne.gather(batch ?? (interval === 0 ? pneMaxOutstanding / 2 : 1));
      timer?.cancel();
      report();
      tick();
      proceed();
    },
    proceed,
    report,
  };
}

function readInterval(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('interval' in value)) return undefined;
  const { interval } = value;
  if (typeof interval !== 'number' || !(interval >= 0 && interval <= MAX_INTERVAL_MS)) return undefined;
  return interval;
}

function readBatch(value: unknown): number | undefined {
  const { batch } = value as { batch?: unknown };
  if (typeof batch !== 'number' || !(batch >= 1 && batch <= readingsMaxTogether)) return undefined;
  return batch;
}
