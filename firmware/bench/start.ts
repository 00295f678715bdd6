// SPDX-License-Identifier: Apache-2.0

import { printLine } from '../platform/console.ts';
import { after } from '../platform/timer.ts';
import { type BenchClock, type BenchPrograms, runBench } from './bench.ts';
import type { OperationGroup } from './operation.ts';

/** A build-time definition: measure the operations whose name contains it. */
declare const BENCH_OPS: string;

/** Prints one line of JSON a figure, before them how many there are and in what. From a timer: off the stack of what calls it. */
export function startBench(
  clock: BenchClock,
  createGroups: () => OperationGroup[],
  programs?: () => BenchPrograms,
): void {
  const { unit, perMicrosecond } = clock;
  after(0, () =>
    runBench({
      groups: createGroups(),
      programs: programs?.(),
      ops: BENCH_OPS,
      clock,
      onStart: (figures) => printLine(JSON.stringify({ figures, unit, perMicrosecond })),
      onFigure: (figure) => printLine(JSON.stringify(figure)),
    }),
  );
}
