// SPDX-License-Identifier: Apache-2.0

/* The benchmark's clock of the SDK's lin platform. */

#include "../../firmware/native/bench-clock.h"

#include <time.h>

int64_t hostBenchClock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

BenchUnit hostBenchUnit(void)
{
	return (BenchUnit){ "us", 1 };
}
