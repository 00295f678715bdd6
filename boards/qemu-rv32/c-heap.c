// SPDX-License-Identifier: Apache-2.0

/*
 * The C library's heap: keys, what mbedTLS computes with, and XS's tables of names. JavaScript's values are not
 * here (memory.c). It never shrinks, so that its end is the most that was ever needed, fragments included.
 */

#include "image.h"

#include <errno.h>
#include <stddef.h>

static size_t gUsed = 0;

/* What malloc takes its memory from. Where this has none left, malloc gives NULL. */
void *sbrk(ptrdiff_t increment)
{
	if (increment < 0 || (size_t)increment > gCHeapBytes - gUsed) {
		errno = ENOMEM;
		return (void *)-1;
	}
	gUsed += (size_t)increment;
	return (uint8_t *)gCHeap + gUsed - (size_t)increment;
}
