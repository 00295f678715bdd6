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

/** What the board's benchmark counts in: in C and in JavaScript alike. */
export interface BoardClock {
  readonly unit: string;
  /** How many of the unit a microsecond has, 0 where that says nothing. */
  readonly perMicrosecond: number;
  now(): number;
}

/** Of this image. Throws where it has no such programs. */
export function boardClock(this: void): BoardClock {
  return {
    unit: native('xs_pnebench_unit').call(this),
    perMicrosecond: native('xs_pnebench_rate').call(this),
    now: native('xs_pnebench_now'),
  };
}
