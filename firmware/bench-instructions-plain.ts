// SPDX-License-Identifier: Apache-2.0

/** The benchmark of what needs no cryptography, for a board that counts instructions. */
import { codecOperations } from './bench-codec.ts';
import { startBench } from './bench-start.ts';
import { instructionClock } from './instruction-clock.ts';

startBench(instructionClock, codecOperations);
