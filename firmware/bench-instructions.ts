// SPDX-License-Identifier: Apache-2.0

/** The benchmark for a board that counts instructions and does nothing else: nothing to take a median of. */
import { startBench } from './bench-start.ts';
import { retiredInstructions } from './platform/instructions.ts';

startBench({
  unit: 'instructions',
  now: retiredInstructions,
  batchLength: 20_000_000,
  batches: 1,
});
