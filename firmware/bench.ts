// SPDX-License-Identifier: Apache-2.0

/** The benchmark's body: the same on a device, in XS on a host, and in Node. A measurement, not a test. */
import type { CryptoProvider } from '../src/crypto/provider.ts';
import { type BenchOperation, benchOperations } from './bench-operations.ts';

export interface BenchFigure {
  readonly op: string;
  /** Length of the message, without tag or header. */
  readonly bytes: number;
  /** One operation: the median of the batches. */
  readonly microseconds: number;
}

export interface BenchOptions {
  readonly provider: CryptoProvider;
  /** Measures the operations whose name contains this text. */
  readonly ops: string;
  monotonicMicroseconds(): number;
  /** Before the first figure: how many there will be. */
  onStart(figures: number): void;
  onFigure(figure: BenchFigure): void;
}

const BATCHES = 9;
/** Long against the clock's step, and against what else the machine does now and then. */
const BATCH_MICROSECONDS = 10_000;
/** Bounds what a batch prepares in memory. */
const MAX_COUNT = 1024;

export function runBench(options: BenchOptions): void {
  const wanted = options.ops.toLowerCase();
  const operations = benchOperations(options.provider).filter(({ op }) => op.toLowerCase().includes(wanted));
  options.onStart(operations.length);
  for (const operation of operations) {
    const { op, bytes } = operation;
    options.onFigure({ op, bytes, microseconds: measure(operation, options.monotonicMicroseconds) });
  }
}

function measure(operation: BenchOperation, now: () => number): number {
  const count = calibrate(operation, now);
  const times: number[] = [];
  for (let i = 0; i < BATCHES; i++) times.push(runBatch(operation, count, now) / count);
  times.sort((a, b) => a - b);
  return times[BATCHES >> 1]!;
}

/** Finds how many runs make a batch long enough. */
function calibrate(operation: BenchOperation, now: () => number): number {
  let count = 1;
  while (count < MAX_COUNT) {
    const time = runBatch(operation, count, now);
    if (time >= BATCH_MICROSECONDS) break;
    const wanted = time > 0 ? Math.ceil((1.1 * count * BATCH_MICROSECONDS) / time) : MAX_COUNT;
    // Step by step: the first runs are slower than those after the engine has warmed up.
    count = Math.min(MAX_COUNT, wanted, 8 * count);
  }
  return count;
}

function runBatch(operation: BenchOperation, count: number, now: () => number): number {
  operation.prepare?.(count);
  const start = now();
  for (let i = 0; i < count; i++) operation.run(i);
  return now() - start;
}
