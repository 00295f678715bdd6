// SPDX-License-Identifier: Apache-2.0

/* boards/esp32/bench-clock.c over a core whose counter goes round, and a timer that began at another moment. */

#include "../../../firmware/native/bench-clock.h"

#include "bench/esp_cpu.h"
#include "bench/esp_rom_sys.h"
#include "bench/esp_timer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PER_MICROSECOND = 160, STEPS = 2000 };

static uint64_t gCycles;
/* The timer, in cycles. */
static uint64_t gTimer;

uint32_t esp_cpu_get_cycle_count(void)
{
	return (uint32_t)gCycles;
}

int64_t esp_timer_get_time(void)
{
	return (int64_t)(gTimer / PER_MICROSECOND);
}

uint32_t esp_rom_get_cpu_ticks_per_us(void)
{
	return PER_MICROSECOND;
}

/* bench-clock COUNTER TIMER STEP: both as they are at first, and how far they go each time. */
int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	gCycles = strtoull(argv[1], NULL, 10);
	gTimer = strtoull(argv[2], NULL, 10);
	uint64_t step = strtoull(argv[3], NULL, 10);
	int64_t start = hostBenchClock();
	for (uint64_t i = 1; i <= STEPS; i++) {
		gCycles += step;
		gTimer += step;
		uint64_t counted = (uint64_t)(hostBenchClock() - start);
		if (counted != i * step) {
			printf("after %" PRIu64 " cycles it counted %" PRIu64 "\n", i * step, counted);
			return 1;
		}
	}
	return 0;
}
