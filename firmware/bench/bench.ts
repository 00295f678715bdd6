// SPDX-License-Identifier: Apache-2.0

/** The benchmark's body: the same on a device, in XS on a host, and in Node. A measurement, not a test. */
import type { BenchOperation, OperationGroup } from './operation.ts';

export interface BenchFigure {
  /** Whose figure it is, where not the provider's: plain C's. */
  readonly provider?: 'c';
  readonly op: string;
  /** Length of the message, without tag or header. */
  readonly bytes: number;
  /** One operation, in the clock's unit. */
  readonly value: number;
}

/** What figures are measured with. */
export interface BenchClock {
  readonly unit: 'us' | 'instructions' | 'cycles';
  /** How many of them a microsecond has, where that is known and another unit. */
  readonly perMicrosecond: number | undefined;
  now(): number;
  /** Long against the clock's step, and against what else the machine does now and then. */
  readonly batchLength: number;
  /** How many batches an operation is measured in, at most. */
  readonly batches: number;
  /** No further batch after so much. */
  readonly enough: number;
  /** What one operation took, of what it took in each of the batches. */
  typical(values: readonly number[]): number;
}

/** Operations that read the clock themselves, by their index. */
export interface BenchPrograms {
  readonly count: number;
  op(index: number): string;
  /** Length of the message. */
  bytes(index: number): number;
  /** Returns what `count` runs took. */
  measure(index: number, count: number): number;
}

export interface BenchOptions {
  readonly groups: readonly OperationGroup[];
  /** Plain C programs, measured after the operations. */
  readonly programs?: BenchPrograms | undefined;
  /** Measures the operations whose name contains this text. */
  readonly ops: string;
  readonly clock: BenchClock;
  /** Before the first figure: how many there will be. */
  onStart(figures: number): void;
  onFigure(figure: BenchFigure): void;
}

const MAX_COUNT = 1024;
/** How much is prepared at once. It lies in memory. */
const MAX_PREPARED = 32;
const MIN_PREPARED = 16;

export function runBench(options: BenchOptions): void {
  options.onStart(countFigures(options));
  runOperations(options);
  runPrograms(options);
}

function countFigures({ groups, programs, ops }: BenchOptions): number {
  let figures = 0;
  for (const group of groups) for (const { op } of group()) if (isWanted(op, ops)) figures += 1;
  for (let i = 0; i < (programs?.count ?? 0); i++) if (isWanted(programs!.op(i), ops)) figures += 1;
  return figures;
}

function runOperations({ groups, ops, clock, onFigure }: BenchOptions): void {
  for (const group of groups) {
    for (const operation of group()) {
      const { op, parts = 1 } = operation;
      if (!isWanted(op, ops)) continue;
      const { bytes } = operation;
      const rounds = { length: MAX_PREPARED };
      const value = measure((count) => runBatch(operation, count, clock, rounds), clock);
      onFigure({ op, bytes, value: value / parts });
      // What was prepared for it is no garbage while it is held, and would make the next one's collections more.
      operation.prepare?.(0);
    }
  }
}

function runPrograms({ programs, ops, clock, onFigure }: BenchOptions): void {
  for (let i = 0; i < (programs?.count ?? 0); i++) {
    const op = programs!.op(i);
    if (!isWanted(op, ops)) continue;
    const value = measure((count) => programs!.measure(i, count), clock);
    onFigure({ provider: 'c', op, bytes: programs!.bytes(i), value });
  }
}

function isWanted(op: string, ops: string): boolean {
  return op.toLowerCase().includes(ops.toLowerCase());
}

/** A clock of microseconds, for machines that do other things too: short batches, of which some go undisturbed. */
export function microsecondClock(now: () => number): BenchClock {
  return {
    unit: 'us',
    perMicrosecond: undefined,
    now,
    batchLength: 2_000,
    batches: 15,
    enough: Number.POSITIVE_INFINITY,
    typical: lowerQuartile,
  };
}

function lowerQuartile(values: readonly number[]): number {
  return values.slice().sort((a, b) => a - b)[values.length >> 2]!;
}

/** `batch` returns what so many runs took. */
function measure(batch: (count: number) => number, clock: BenchClock): number {
  const count = calibrate(batch, clock);
  const values: number[] = [];
  for (let total = 0; values.length < clock.batches && total < clock.enough; ) {
    const taken = batch(count);
    total += taken;
    values.push(taken / count);
  }
  return clock.typical(values);
}

/** Finds how many runs make a batch long enough. */
function calibrate(batch: (count: number) => number, clock: BenchClock): number {
  let count = 1;
  while (count < MAX_COUNT) {
    const time = batch(count);
    if (time >= clock.batchLength) break;
    const wanted = time > 0 ? Math.ceil((1.1 * count * clock.batchLength) / time) : MAX_COUNT;
    // Step by step: the first runs are slower than those after the engine has warmed up.
    count = Math.min(MAX_COUNT, wanted, 8 * count);
  }
  return count;
}

/**
 * Runs in rounds what uses up what it prepares: hundreds of records alive are no device's garbage to collect. No round is
 * as long as the one before: garbage would be collected at the same place in each, and so always while preparing, or never.
 */
function runBatch(
  operation: BenchOperation,
  count: number,
  clock: BenchClock,
  rounds: { length: number },
): number {
  if (operation.prepare === undefined) return runRound(operation, count, clock);
  let time = 0;
  for (let done = 0; done < count; ) {
    const length = Math.min(rounds.length, count - done);
    rounds.length = rounds.length > MIN_PREPARED ? rounds.length - 1 : MAX_PREPARED;
    operation.prepare(length);
    time += runRound(operation, length, clock);
    done += length;
  }
  return time;
}

function runRound(operation: BenchOperation, count: number, clock: BenchClock): number {
  const start = clock.now();
  for (let i = 0; i < count; i++) operation.run(i);
  return clock.now() - start;
}
