// SPDX-License-Identifier: Apache-2.0

/* Exceptions of the hart, and physical memory protection (RISC-V Privileged 3.1 and 3.7). */

#include "trap.h"
#include "csr.h"
#include "host.h"

#define FLASH 0x80000000u
#define FLASH_BYTES 0x800000u

/* A naturally aligned power of two, which may be read and executed, also in machine mode. */
#define PMP_LOCKED_READ_EXECUTE 0x9Du
#define PMP_NAPOT(base, bytes) ((base) >> 2 | (((bytes) >> 3) - 1))

static void __attribute__((aligned(4), noreturn)) onTrap(void)
{
	uint32_t cause;
	uint32_t at;
	uint32_t address;
	__asm__ volatile(CSR("csrr %0, mcause\ncsrr %1, mepc\ncsrr %2, mtval") : "=r"(cause), "=r"(at), "=r"(address));
	hostFail(exitAbort, "trap %u at %08x, address %08x", (unsigned)cause, (unsigned)at, (unsigned)address);
}

void trapStart(void)
{
	__asm__ volatile(CSR("csrw mtvec, %0") : : "r"(onTrap));
}

void trapFlashWrites(void)
{
	__asm__ volatile(CSR("csrw pmpaddr0, %0\ncsrw pmpcfg0, %1")
		: : "r"(PMP_NAPOT(FLASH, FLASH_BYTES)), "r"(PMP_LOCKED_READ_EXECUTE));
}
