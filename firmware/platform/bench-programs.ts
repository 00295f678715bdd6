// SPDX-License-Identifier: Apache-2.0

/** A plain C program of the benchmark (firmware/native/bench.h). */
export interface BenchProgram {
  /** The operation that it stands beside. */
  readonly op: string;
  readonly bytes: number;
  /** Returns what `count` runs took in C, in what the board's benchmark counts in. */
  measure(count: number): number;
}

/** The programs in this image. Throws where there are none. */
export function benchPrograms(this: void): BenchProgram[] {
  const count: number = native('xs_pnebench_count').call(this);
  return Array.from({ length: count }, (_, index) => ({
    op: native('xs_pnebench_op').call(this, index),
    bytes: native('xs_pnebench_bytes').call(this, index),
    measure: (runs) => native('xs_pnebench_run').call(this, index, runs),
  }));
}
