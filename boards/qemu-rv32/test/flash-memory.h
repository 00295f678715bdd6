// SPDX-License-Identifier: Apache-2.0

/*
 * Flash in memory for programs on the build machine that include flash-log.c: programming clears bits, and only
 * erasing sets them. The power fails where `gLeft` steps are over; `gTear` says what is left of the last one.
 */

#ifndef PNE_FLASH_MEMORY_H
#define PNE_FLASH_MEMORY_H

#include <setjmp.h>

static uint32_t gFlash[FLASH_AREAS][AREA_WORDS];
/* Words and erasures until the power fails; never where it is negative. */
static int gLeft = -1;
/* The bits of a word, or a part of an area, that a cut leaves as they were. */
static unsigned gTear;
static jmp_buf gPowerCut;

/* Nothing of the word, its first bytes, or some bits of all. */
enum { tearCount = 5 };
static const uint32_t gTears[tearCount] = { 0xFFFFFFFFu, 0xFFFFFF00u, 0xFFFF0000u, 0xFF000000u, 0x5A5A5A5Au };

const uint32_t *flashArea(unsigned area)
{
	return gFlash[area];
}

static int fails(void)
{
	return gLeft >= 0 && gLeft-- == 0;
}

void flashErase(unsigned area)
{
	if (fails()) {
		memset(gFlash[area], 0xFF, FLASH_AREA_BYTES / tearCount * gTear);
		longjmp(gPowerCut, 1);
	}
	memset(gFlash[area], 0xFF, FLASH_AREA_BYTES);
}

void flashProgram(unsigned area, unsigned index, uint32_t word)
{
	if (fails()) {
		gFlash[area][index] &= word | gTears[gTear];
		longjmp(gPowerCut, 1);
	}
	gFlash[area][index] &= word;
}

#endif
