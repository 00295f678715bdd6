// SPDX-License-Identifier: Apache-2.0

/* What a board's benchmark counts in. */

#ifndef PNE_BENCH_CLOCK_H
#define PNE_BENCH_CLOCK_H

#include <stdint.h>

/* `unit` is one that tools/bench/rows.ts has; how many of it a microsecond has, 0 where that says nothing. */
typedef struct {
	const char *unit;
	double perMicrosecond;
} BenchUnit;

/* Never backwards. */
int64_t hostBenchClock(void);
BenchUnit hostBenchUnit(void);

#endif
