// SPDX-License-Identifier: Apache-2.0

/** The plain C programs of the benchmark (firmware/native/bench.h), by their index. */
export interface BenchPrograms {
  readonly count: number;
  /** The operation that it stands beside. */
  op(index: number): string;
  bytes(index: number): number;
  /** Returns what `count` runs took in C, in what the board's benchmark counts in. */
  measure(index: number, count: number): number;
}

/** The programs in this image. Throws where there are none. */
export function benchPrograms(this: void): BenchPrograms {
  return {
    count: native('xs_pnebench_count').call(this),
    op: native('xs_pnebench_op'),
    bytes: native('xs_pnebench_bytes'),
    measure: native('xs_pnebench_run'),
  };
}
