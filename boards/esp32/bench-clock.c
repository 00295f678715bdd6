// SPDX-License-Identifier: Apache-2.0

/* The benchmark's clock on an ESP32: cycles of the core that the program runs on. */

#include "../../firmware/native/bench-clock.h"

#include <esp_cpu.h>
#include <esp_rom_sys.h>
#include <esp_timer.h>
#include <stdbool.h>

/*
 * The counter has 32 bits, which are 27 s at 160 MHz. The timer says which of its rounds it is: it is right within a
 * round by far, and both run on.
 */
int64_t hostBenchClock(void)
{
	static bool isStarted;
	/* Between the two, which did not begin at once. */
	static uint32_t offset;
	uint32_t cycles = (uint32_t)esp_cpu_get_cycle_count();
	int64_t near = esp_timer_get_time() * esp_rom_get_cpu_ticks_per_us();
	if (!isStarted)
		offset = (uint32_t)near - cycles;
	isStarted = true;
	return near + (int32_t)(cycles + offset - (uint32_t)near);
}

BenchUnit hostBenchUnit(void)
{
	return (BenchUnit){ "cycles", esp_rom_get_cpu_ticks_per_us() };
}
