// SPDX-License-Identifier: Apache-2.0

/** The benchmark with noble for a board that counts instructions. */
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { withRecords } from '../../src/session/records.ts';
import { fillRandom } from '../platform/random.ts';
import { instructionClock } from './instruction-clock.ts';
import { benchOperations } from './operations.ts';
import { startBench } from './start.ts';

startBench(instructionClock, () =>
  benchOperations(withRecords(createNobleProvider(fillRandom)), compactPayloads),
);
