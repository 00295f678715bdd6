// SPDX-License-Identifier: Apache-2.0

/** The benchmark's body: the same on a device, in XS on a host, and in Node. A measurement, not a test. */
import type { CryptoProvider } from '../src/crypto/provider.ts';
import { type BenchOperation, benchOperations } from './bench-operations.ts';

export interface BenchFigure {
  readonly op: string;
  /** Length of the message, without tag or header. */
  readonly bytes: number;
  /** One operation, in the clock's unit: the median of the batches. */
  readonly value: number;
}

/** What figures are measured with. */
export interface BenchClock {
  readonly unit: 'us' | 'instructions';
  now(): number;
  /** Long against the clock's step, and against what else the machine does now and then. */
  readonly batchLength: number;
  /** How many batches an operation is measured in. */
  readonly batches: number;
}

export interface BenchOptions {
  readonly provider: CryptoProvider;
  /** Measures the operations whose name contains this text. */
  readonly ops: string;
  readonly clock: BenchClock;
  /** Before the first figure: how many there will be. */
  onStart(figures: number): void;
  onFigure(figure: BenchFigure): void;
}

/** Bounds what a batch prepares in memory. */
const MAX_COUNT = 1024;

export function runBench(options: BenchOptions): void {
  const wanted = options.ops.toLowerCase();
  const operations = benchOperations(options.provider).filter(({ op }) => op.toLowerCase().includes(wanted));
  options.onStart(operations.length);
  for (const operation of operations) {
    const { op, bytes } = operation;
    options.onFigure({ op, bytes, value: measure(operation, options.clock) });
  }
}

/** A clock of microseconds, for machines that do other things too. */
export function microsecondClock(now: () => number): BenchClock {
  return { unit: 'us', now, batchLength: 10_000, batches: 9 };
}

function measure(operation: BenchOperation, clock: BenchClock): number {
  const count = calibrate(operation, clock);
  const times: number[] = [];
  for (let i = 0; i < clock.batches; i++) times.push(runBatch(operation, count, clock) / count);
  times.sort((a, b) => a - b);
  return times[clock.batches >> 1]!;
}

/** Finds how many runs make a batch long enough. */
function calibrate(operation: BenchOperation, clock: BenchClock): number {
  let count = 1;
  while (count < MAX_COUNT) {
    const time = runBatch(operation, count, clock);
    if (time >= clock.batchLength) break;
    const wanted = time > 0 ? Math.ceil((1.1 * count * clock.batchLength) / time) : MAX_COUNT;
    // Step by step: the first runs are slower than those after the engine has warmed up.
    count = Math.min(MAX_COUNT, wanted, 8 * count);
  }
  return count;
}

function runBatch(operation: BenchOperation, count: number, clock: BenchClock): number {
  operation.prepare?.(count);
  const start = clock.now();
  for (let i = 0; i < count; i++) operation.run(i);
  return clock.now() - start;
}
