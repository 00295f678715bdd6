// SPDX-License-Identifier: Apache-2.0

/*
 * The virt machine's second bank of NOR flash: two 16-bit chips side by side, with the Intel command set, in
 * blocks of 256 KB of which an area uses the start.
 */

#include "flash.h"

#define BANK 0x22000000u
#define BLOCK_BYTES 0x40000u

/* The same for both chips. */
#define BOTH(value) ((uint32_t)(value) << 16 | (value))

enum {
	commandErase = 0x20,
	commandProgram = 0x40,
	commandConfirm = 0xD0,
	commandRead = 0xFF,
	statusReady = 0x80,
};

static volatile uint32_t *blockOf(unsigned area)
{
	return (volatile uint32_t *)(BANK + area * BLOCK_BYTES);
}

static void finish(volatile uint32_t *address)
{
	while ((*address & BOTH(statusReady)) != BOTH(statusReady))
		continue;
	*address = BOTH(commandRead);
}

const uint32_t *flashArea(unsigned area)
{
	return (const uint32_t *)blockOf(area);
}

void flashErase(unsigned area)
{
	volatile uint32_t *block = blockOf(area);
	*block = BOTH(commandErase);
	*block = BOTH(commandConfirm);
	finish(block);
}

void flashProgram(unsigned area, unsigned index, uint32_t word)
{
	volatile uint32_t *address = blockOf(area) + index;
	*address = BOTH(commandProgram);
	*address = word;
	finish(address);
}
