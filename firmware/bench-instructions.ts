// SPDX-License-Identifier: Apache-2.0

/** The benchmark for a board that counts instructions and does nothing else: nothing to take a median of. */
import { createNobleProvider } from '../src/crypto/noble/provider.ts';
import { startBench } from './bench-start.ts';
import { retiredInstructions } from './platform/instructions.ts';
import { fillRandom } from './platform/random.ts';

const clock = {
  unit: 'instructions',
  now: retiredInstructions,
  batchLength: 20_000_000,
  batches: 1,
} as const;

startBench(clock, () => createNobleProvider(fillRandom));
