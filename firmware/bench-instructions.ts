// SPDX-License-Identifier: Apache-2.0

/** The benchmark for a board that counts instructions and does nothing else: nothing to take a median of. */
import { startBench } from './bench-start.ts';

startBench({
  unit: 'instructions',
  now: () => native('xs_pne_instructions').call(undefined),
  batchLength: 20_000_000,
  batches: 1,
});
