// SPDX-License-Identifier: Apache-2.0

import { retiredInstructions } from '../platform/instructions.ts';
import type { BenchClock } from './bench.ts';

/**
 * For a board that does nothing else. Batches are short and many: what they prepare takes memory, and each operation
 * is to bear its share of collecting garbage.
 */
export const instructionClock: BenchClock = Object.freeze({
  unit: 'instructions',
  now: retiredInstructions,
  batchLength: 2_000_000,
  batches: 50,
  enough: 100_000_000,
  typical: mean,
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
