// SPDX-License-Identifier: Apache-2.0
import type { BenchClock } from './bench.ts';

type Counted = Pick<BenchClock, 'unit' | 'perMicrosecond' | 'now'>;

/**
 * Of instructions or cycles, for a board that does nothing else. Batches are short and many: what they prepare takes
 * memory, and each operation is to bear its share of collecting garbage.
 */
export function machineClock(counted: Counted): BenchClock {
  return { ...counted, batchLength: 2_000_000, batches: 50, enough: 100_000_000, typical: mean };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
