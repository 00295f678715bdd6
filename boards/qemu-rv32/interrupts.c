// SPDX-License-Identifier: Apache-2.0

/* The platform-level interrupt controller (RISC-V PLIC), for hart 0 in machine mode. */

#include "interrupts.h"

#include <stdint.h>

#define PLIC 0x0C000000u
#define PRIORITY ((volatile uint32_t *)PLIC)
#define ENABLE ((volatile uint32_t *)(PLIC + 0x2000))
/* Reading claims, writing completes. */
#define CLAIM ((volatile uint32_t *)(PLIC + 0x200004))

void interruptEnable(unsigned source)
{
	PRIORITY[source] = 1;
	ENABLE[source / 32] |= 1u << source % 32;
}

void interruptsAcknowledge(void)
{
	for (uint32_t source = *CLAIM; source; source = *CLAIM)
		*CLAIM = source;
}
