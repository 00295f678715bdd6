// SPDX-License-Identifier: Apache-2.0

/* ../copy.c against a byte after a byte, at every alignment and length: nothing else is written. */

#define memcpy boardCopy
#define memmove boardMove
#define memset boardSet
#include "../copy.c"
#undef memcpy
#undef memmove
#undef memset

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AREA = 96, MAX_START = 8, MAX_LENGTH = 70 };

static _Alignas(16) uint8_t gActual[AREA];
static _Alignas(16) uint8_t gExpected[AREA];
static unsigned gChecked;

static void fill(void)
{
	for (size_t i = 0; i < AREA; i++)
		gActual[i] = gExpected[i] = (uint8_t)(i * 7 + 1);
}

static void check(const char *what, const void *returned, size_t to, size_t from, size_t length)
{
	gChecked++;
	if (returned == gActual + to && !memcmp(gActual, gExpected, AREA))
		return;
	printf("%s of %zu bytes from %zu to %zu\n", what, length, from, to);
	exit(1);
}

static void checkMove(size_t to, size_t from, size_t length)
{
	uint8_t before[MAX_LENGTH];
	fill();
	for (size_t i = 0; i < length; i++)
		before[i] = gExpected[from + i];
	for (size_t i = 0; i < length; i++)
		gExpected[to + i] = before[i];
	check("memmove", boardMove(gActual + to, gActual + from, length), to, from, length);
}

static void checkCopy(size_t to, size_t from, size_t length)
{
	_Alignas(16) uint8_t source[AREA];
	fill();
	for (size_t i = 0; i < AREA; i++)
		source[i] = (uint8_t)~i;
	for (size_t i = 0; i < length; i++)
		gExpected[to + i] = source[from + i];
	check("memcpy", boardCopy(gActual + to, source + from, length), to, from, length);
}

static void checkSet(size_t to, size_t length)
{
	fill();
	for (size_t i = 0; i < length; i++)
		gExpected[to + i] = 0xa5;
	check("memset", boardSet(gActual + to, 0x1a5, length), to, 0, length);
}

int main(void)
{
	for (size_t length = 0; length <= MAX_LENGTH; length++) {
		for (size_t to = 0; to <= MAX_START; to++) {
			checkSet(to, length);
			for (size_t from = 0; from <= MAX_START; from++) {
				checkCopy(to, from, length);
				checkMove(to, from, length);
			}
		}
	}
	printf("%u copies\n", gChecked);
	return 0;
}
