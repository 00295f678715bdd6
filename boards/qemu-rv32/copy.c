// SPDX-License-Identifier: Apache-2.0

/*
 * Bytes copied and filled by words, as in C libraries that are not made for size. Those of picolibc for rv32imac go byte
 * by byte, for which the interpreter pays most: it copies slots of 16 bytes all the time.
 */

#include <stddef.h>
#include <stdint.h>

/* May lie over anything. */
typedef uint32_t __attribute__((may_alias)) Word;

enum { WORD = sizeof(Word), BLOCK = 4 * WORD };

/* Else the compiler makes calls of what it takes for copies. For speed, whatever the rest is made for. */
#define PLAIN __attribute__((optimize("O2", "no-tree-loop-distribute-patterns")))

static int isAligned(const void *at)
{
	return ((uintptr_t)at & (WORD - 1)) == 0;
}

static int areAlike(const void *a, const void *b)
{
	return (((uintptr_t)a ^ (uintptr_t)b) & (WORD - 1)) == 0;
}

PLAIN void *memcpy(void *restrict target, const void *restrict source, size_t length)
{
	uint8_t *to = target;
	const uint8_t *from = source;
	if (length >= WORD && areAlike(to, from)) {
		for (; !isAligned(to); length--)
			*to++ = *from++;
		for (; length >= BLOCK; length -= BLOCK, to += BLOCK, from += BLOCK) {
			Word a = ((const Word *)from)[0];
			Word b = ((const Word *)from)[1];
			Word c = ((const Word *)from)[2];
			Word d = ((const Word *)from)[3];
			((Word *)to)[0] = a;
			((Word *)to)[1] = b;
			((Word *)to)[2] = c;
			((Word *)to)[3] = d;
		}
		for (; length >= WORD; length -= WORD, to += WORD, from += WORD)
			*(Word *)to = *(const Word *)from;
	}
	for (; length > 0; length--)
		*to++ = *from++;
	return target;
}

/* From the end, for a target that lies behind its source. */
PLAIN static void copyBackwards(uint8_t *to, const uint8_t *from, size_t length)
{
	to += length;
	from += length;
	if (length >= WORD && areAlike(to, from)) {
		for (; !isAligned(to); length--)
			*--to = *--from;
		for (; length >= WORD; length -= WORD)
			*(Word *)(to -= WORD) = *(const Word *)(from -= WORD);
	}
	for (; length > 0; length--)
		*--to = *--from;
}

/* As memcpy, which goes forwards and reads what it is about to overwrite before it does: blocks do as well. */
PLAIN void *memmove(void *target, const void *source, size_t length)
{
	if ((uintptr_t)target - (uintptr_t)source >= length)
		return memcpy(target, source, length);
	copyBackwards(target, source, length);
	return target;
}

PLAIN void *memset(void *target, int value, size_t length)
{
	uint8_t *to = target;
	if (length >= WORD) {
		Word filled = (uint8_t)value * UINT32_C(0x01010101);
		for (; !isAligned(to); length--)
			*to++ = (uint8_t)value;
		for (; length >= BLOCK; length -= BLOCK, to += BLOCK) {
			((Word *)to)[0] = filled;
			((Word *)to)[1] = filled;
			((Word *)to)[2] = filled;
			((Word *)to)[3] = filled;
		}
		for (; length >= WORD; length -= WORD, to += WORD)
			*(Word *)to = filled;
	}
	for (; length > 0; length--)
		*to++ = (uint8_t)value;
	return target;
}
