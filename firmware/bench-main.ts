// SPDX-License-Identifier: Apache-2.0

/** The benchmark as a device program. */
import { microsecondClock } from './bench.ts';
import { startBench } from './bench-start.ts';
import { monotonicMicroseconds } from './platform/clock.ts';

startBench(microsecondClock(monotonicMicroseconds));
