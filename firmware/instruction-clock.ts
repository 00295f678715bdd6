// SPDX-License-Identifier: Apache-2.0
import type { BenchClock } from './bench.ts';
import { retiredInstructions } from './platform/instructions.ts';

/** For a board that does nothing else: nothing to take a median of. Long enough for collections of garbage. */
export const instructionClock: BenchClock = Object.freeze({
  unit: 'instructions',
  now: retiredInstructions,
  batchLength: 20_000_000,
  batches: 1,
});
