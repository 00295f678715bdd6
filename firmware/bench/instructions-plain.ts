// SPDX-License-Identifier: Apache-2.0

/** The benchmark of what needs no cryptography, for a board that counts instructions. */
import { codecOperations } from './codec.ts';
import { instructionClock } from './instruction-clock.ts';
import { startBench } from './start.ts';

startBench(instructionClock, codecOperations);
