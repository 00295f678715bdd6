// SPDX-License-Identifier: Apache-2.0

/*
 * The log in flash against power cuts, on the build machine: for every change and every word of it, the power
 * fails at that word, and the next start finds each value as it was before the change or after it. Flash here
 * keeps what flash keeps: programming clears bits, and only erasing sets them.
 */

#include "../flash-log.c"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#define CHANGES 120
#define NAMES 5
#define LONGEST 90

typedef struct {
	int isThere;
	size_t length;
	uint8_t bytes[LONGEST];
} Value;

static uint32_t gFlash[FLASH_AREAS][AREA_WORDS];
/* Words and erasures until the power fails. */
static int gLeft;
static jmp_buf gPowerCut;
static unsigned gCuts;

const uint32_t *flashArea(unsigned area)
{
	return gFlash[area];
}

static void spend(void)
{
	if (gLeft-- == 0)
		longjmp(gPowerCut, 1);
}

/* A cut leaves half of an area erased. */
void flashErase(unsigned area)
{
	memset(gFlash[area], 0xFF, FLASH_AREA_BYTES / 2);
	spend();
	memset(gFlash[area], 0xFF, FLASH_AREA_BYTES);
}

/* A cut leaves a word with some of its bits. */
void flashProgram(unsigned area, unsigned index, uint32_t word)
{
	gFlash[area][index] &= word | 0x5A5A5A5Au;
	spend();
	gFlash[area][index] &= word;
}

static uint32_t nextRandom(void)
{
	static uint32_t state = 2463534242u;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static Value randomValue(void)
{
	Value value = { .isThere = nextRandom() % 8 != 0, .length = nextRandom() % LONGEST };
	for (size_t i = 0; i < value.length; i++)
		value.bytes[i] = (uint8_t)nextRandom();
	return value;
}

static void nameOf(unsigned index, char name[16])
{
	snprintf(name, 16, "domain/key-%u", index);
}

static int isStored(unsigned index, const Value *value)
{
	char name[16];
	size_t length;
	nameOf(index, name);
	const uint8_t *found = logFind(name, &length);
	if (!value->isThere)
		return !found;
	return found && length == value->length && !memcmp(found, value->bytes, length);
}

static void make(const char *name, const Value *value)
{
	if (value->isThere ? !logWrite(name, value->bytes, value->length) : !logDelete(name)) {
		puts("no room");
		exit(1);
	}
}

static void require(int holds, const char *what, unsigned number)
{
	if (holds)
		return;
	printf("change %u: %s\n", number, what);
	exit(1);
}

/* Lets the power fail at every step of the change, each time from the same flash. Returns at the whole change. */
static void cutEverywhere(unsigned number, unsigned changed, Value values[NAMES], const Value *next)
{
	static uint32_t before[FLASH_AREAS][AREA_WORDS];
	char name[16];
	nameOf(changed, name);
	memcpy(before, gFlash, sizeof(before));
	for (volatile int step = 0;; step++) {
		memcpy(gFlash, before, sizeof(before));
		gLeft = -1;
		logOpen();
		gLeft = step;
		if (!setjmp(gPowerCut)) {
			make(name, next);
			return;
		}
		gCuts++;
		gLeft = -1;
		logOpen();
		require(isStored(changed, &values[changed]) || isStored(changed, next), "neither old nor new", number);
		for (unsigned i = 0; i < NAMES; i++)
			require(i == changed || isStored(i, &values[i]), "another value changed", number);
		make(name, next);
		require(isStored(changed, next), "cannot be written after a cut", number);
	}
}

int main(void)
{
	static Value values[NAMES];
	memset(gFlash, 0xA5, sizeof(gFlash));
	gLeft = -1;
	logOpen();
	for (unsigned number = 0; number < CHANGES; number++) {
		unsigned changed = nextRandom() % NAMES;
		Value next = randomValue();
		cutEverywhere(number, changed, values, &next);
		values[changed] = next;
		gLeft = -1;
		logOpen();
		for (unsigned i = 0; i < NAMES; i++)
			require(isStored(i, &values[i]), "lost", number);
	}
	printf("%u power cuts\n", gCuts);
	return 0;
}
