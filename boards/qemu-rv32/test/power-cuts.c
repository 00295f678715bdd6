// SPDX-License-Identifier: Apache-2.0

/*
 * The log in flash against power cuts, with the changes that a device makes: reads them from standard input and lets the
 * power fail at every byte of each. tools/powercut/flash.ts runs it.
 *
 *     write NAME DIGITS
 *     remove NAME
 *
 * For each change a line comes back: the points, and at how many of them the next start found all values as they were
 * before the change, as they are after it, or neither. Where the change could not be made afterwards that counts as neither.
 */

#include "../flash-log.c"
#include "flash-memory.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAMES = 128, VALUE_MAX = 512, LINE_MAX_BYTES = 1200 };

typedef struct {
	char name[LOG_NAME_MAX + 1];
	int isThere;
	size_t length;
	uint8_t value[VALUE_MAX];
} Change;

static char gNames[NAMES][LOG_NAME_MAX + 1];
static unsigned gNameCount;

static void know(const char *name)
{
	for (unsigned i = 0; i < gNameCount; i++)
		if (!strcmp(gNames[i], name))
			return;
	if (gNameCount == NAMES)
		exit(2);
	strcpy(gNames[gNameCount++], name);
}

/* FNV-1a of all that is there. */
static uint64_t digest(void)
{
	uint64_t hash = 14695981039346656037u;
	for (unsigned i = 0; i < gNameCount; i++) {
		size_t length = 0;
		const uint8_t *value = logFind(gNames[i], &length);
		hash = (hash ^ (value ? length : 0xFFFF)) * 1099511628211u;
		for (size_t at = 0; value && at < length; at++)
			hash = (hash ^ value[at]) * 1099511628211u;
	}
	return hash;
}

static int readChange(Change *change)
{
	static char line[LINE_MAX_BYTES];
	static char digits[LINE_MAX_BYTES];
	if (!fgets(line, sizeof(line), stdin))
		return 0;
	memset(change, 0, sizeof(*change));
	if (sscanf(line, "write %31s %1100s", change->name, digits) >= 1)
		change->isThere = 1;
	else if (sscanf(line, "remove %31s", change->name) != 1)
		exit(2);
	if (change->isThere && sscanf(line, "write %*s %1100s", digits) != 1)
		digits[0] = 0;
	for (const char *at = digits; change->isThere && at[0] && at[1] && change->length < VALUE_MAX; at += 2) {
		unsigned octet;
		sscanf(at, "%2x", &octet);
		change->value[change->length++] = (uint8_t)octet;
	}
	know(change->name);
	return 1;
}

static int make(const Change *change)
{
	return change->isThere ? logWrite(change->name, change->value, change->length) : logDelete(change->name);
}

static uint32_t gBefore[FLASH_AREAS][AREA_WORDS];

static void restore(void)
{
	memcpy(gFlash, gBefore, sizeof(gFlash));
	gLeft = -1;
	logOpen();
}

/* Returns 0 where the change was over before the power failed. */
static int cutAt(const Change *change, int step)
{
	restore();
	gLeft = step;
	if (setjmp(gPowerCut)) {
		gLeft = -1;
		logOpen();
		return 1;
	}
	make(change);
	gLeft = -1;
	return 0;
}

static void cutEverywhere(const Change *change)
{
	unsigned points = 0, old = 0, new = 0, neither = 0;
	memcpy(gBefore, gFlash, sizeof(gBefore));
	uint64_t before = digest();
	if (!make(change))
		exit(3);
	uint64_t after = digest();
	for (volatile int step = 0, isOver = 0; !isOver; step++) {
		for (gTear = 0; gTear < tearCount && !isOver; gTear++) {
			isOver = !cutAt(change, step);
			if (isOver)
				break;
			uint64_t found = digest();
			int isGood = make(change) && digest() == after;
			points++;
			old += isGood && found == before && before != after;
			new += isGood && found == after;
			neither += !isGood || (found != before && found != after);
		}
	}
	printf("%u %u %u %u\n", points, old, new, neither);
}

int main(void)
{
	static Change change;
	memset(gFlash, 0xFF, sizeof(gFlash));
	logOpen();
	while (readChange(&change))
		cutEverywhere(&change);
	return 0;
}
