// SPDX-License-Identifier: Apache-2.0

/* The machine's clock (mtime) and its count of retired instructions (minstret). */

#include "xsmc.h"
#include "clock.h"
#include "csr.h"
#include "host.h"

#include "../../firmware/native/bench-clock.h"

/* SiFive's CLINT where QEMU's virt machine has it; mtime counts 10 MHz. */
#define CLINT 0x02000000u
#define MTIMECMP ((volatile uint32_t *)(CLINT + 0x4000))
#define MTIME ((volatile uint32_t *)(CLINT + 0xBFF8))
#define TICKS_PER_MICROSECOND 10

#define MIE_MTIE (1u << 7)
#define MIE_MEIE (1u << 11)

static uint64_t gBase;

static uint64_t ticks(void)
{
	uint32_t high;
	uint32_t low;
	do {
		high = MTIME[1];
		low = MTIME[0];
	} while (MTIME[1] != high);
	return (uint64_t)high << 32 | low;
}

static uint64_t instructions(void)
{
	uint32_t high;
	uint32_t low;
	uint32_t again;
	do {
		__asm__ volatile(CSR("csrr %0, minstreth\ncsrr %1, minstret\ncsrr %2, minstreth")
			: "=&r"(high), "=&r"(low), "=&r"(again));
	} while (high != again);
	return (uint64_t)high << 32 | low;
}

void clockStart(void)
{
	gBase = instructions();
}

int64_t hostBenchClock(void)
{
	return (int64_t)(instructions() - gBase);
}

BenchUnit hostBenchUnit(void)
{
	return (BenchUnit){ "instructions", 0 };
}

int64_t hostMicroseconds(void)
{
	return (int64_t)(ticks() / TICKS_PER_MICROSECOND);
}

/* Interrupts wake the hart and are not taken: mstatus.MIE stays off. */
void clockSleepUntil(int64_t microseconds)
{
	uint64_t due = (uint64_t)microseconds * TICKS_PER_MICROSECOND;
	MTIMECMP[1] = UINT32_MAX;
	MTIMECMP[0] = (uint32_t)due;
	MTIMECMP[1] = (uint32_t)(due >> 32);
	__asm__ volatile(CSR("csrs mie, %0") : : "r"(MIE_MTIE | MIE_MEIE));
	__asm__ volatile("wfi");
}

/* microseconds(): a monotonic number of microseconds since an arbitrary moment. */
void xs_pne_microseconds(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)hostMicroseconds());
}

/* instructions(): how many have retired since the start. */
void xs_pne_instructions(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)hostBenchClock());
}
