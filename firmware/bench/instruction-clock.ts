// SPDX-License-Identifier: Apache-2.0

import { retiredInstructions } from '../platform/instructions.ts';
import { machineClock } from './machine-clock.ts';

/** Of a board that counts instructions. */
export const instructionClock = machineClock({
  unit: 'instructions',
  perMicrosecond: undefined,
  now: retiredInstructions,
});
