// SPDX-License-Identifier: Apache-2.0

import { monotonicMicroseconds } from '../platform/clock.ts';
/** The benchmark of what needs no cryptography, as a device program with a store. */
import { microsecondClock } from './bench.ts';
import { codecOperations } from './codec.ts';
import { startBench } from './start.ts';
import { storeOperations } from './store.ts';

startBench(microsecondClock(monotonicMicroseconds), () => [...codecOperations(), storeOperations()]);
