// SPDX-License-Identifier: Apache-2.0

/** The benchmark of what needs no cryptography, as a device program with a store. */
import { microsecondClock } from './bench.ts';
import { codecOperations } from './bench-codec.ts';
import { startBench } from './bench-start.ts';
import { storeOperations } from './bench-store.ts';
import { monotonicMicroseconds } from './platform/clock.ts';

startBench(microsecondClock(monotonicMicroseconds), () => [...codecOperations(), storeOperations()]);
