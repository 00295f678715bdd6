// SPDX-License-Identifier: Apache-2.0

/**
 * Two ways of the same work, a batch of the one and a batch of the other in turn, so that what else the machine does is
 * borne by both. A figure is the lower quartile of its batches.
 */
import type { BenchOperation } from '../../firmware/bench/operation.ts';
import { type BenchRow, type OnProgress, type Place, Rows } from './rows.ts';

export interface Way {
  readonly place: Place;
  /** The same operations in the same order as the other way's. */
  readonly operations: readonly BenchOperation[];
}

const BATCHES = 600;
const BATCH_RUNS = 32;

/** Measures the operations whose name contains `ops`. */
export function measureInTurn(ways: readonly Way[], ops: string, onProgress: OnProgress): BenchRow[] {
  const wanted = ways.map(({ place, operations }) => ({
    rows: new Rows(place, onProgress),
    operations: operations.filter(({ op }) => op.includes(ops)),
  }));
  for (const { rows, operations } of wanted) rows.start(operations.length);
  for (const index of wanted[0]!.operations.keys()) {
    const figures = figuresOf(wanted.map(({ operations }) => operations[index]!));
    for (const [way, value] of figures.entries()) {
      const { op, bytes } = wanted[way]!.operations[index]!;
      wanted[way]!.rows.add({ op, bytes, value });
    }
  }
  return wanted.flatMap(({ rows }) => rows.finish());
}

/** Microseconds of one run of each. */
function figuresOf(operations: readonly BenchOperation[]): number[] {
  const taken = operations.map((): number[] => []);
  for (let batch = 0; batch < BATCHES; batch++)
    for (const [way, operation] of operations.entries()) taken[way]!.push(timeOf(operation));
  return taken.map((values) => values.sort((a, b) => a - b)[values.length >> 2]!);
}

function timeOf({ prepare, run }: BenchOperation): number {
  prepare?.(BATCH_RUNS);
  const start = process.hrtime.bigint();
  for (let index = 0; index < BATCH_RUNS; index++) run(index);
  return Number(process.hrtime.bigint() - start) / 1000 / BATCH_RUNS;
}
