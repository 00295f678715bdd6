// SPDX-License-Identifier: Apache-2.0
import type { CryptoProvider } from '../src/crypto/provider.ts';
import { type BenchClock, type BenchProgram, runBench } from './bench.ts';
import { benchOperations } from './bench-operations.ts';
import { printLine } from './platform/console.ts';
import { after } from './platform/timer.ts';

/** A build-time definition: measure the operations whose name contains it. */
declare const BENCH_OPS: string;

/** Prints one line of JSON a figure, the number of them first. From a timer, as main.ts. */
export function startBench(
  clock: BenchClock,
  createProvider: () => CryptoProvider,
  programs: () => BenchProgram[] = () => [],
): void {
  after(0, () =>
    runBench({
      operations: benchOperations(createProvider()),
      programs: programs(),
      ops: BENCH_OPS,
      clock,
      onStart: (figures) => printLine(JSON.stringify({ figures })),
      onFigure: (figure) => printLine(JSON.stringify(figure)),
    }),
  );
}
