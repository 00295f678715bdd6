// SPDX-License-Identifier: Apache-2.0

/*
 * The C library's heap: keys and what mbedTLS computes with. JavaScript's memory is not here (memory.c). It
 * never shrinks, so that its end is the most that was ever needed, fragments included.
 */

#include "c-heap.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#define C_HEAP_BYTES (96 * 1024)

static uint8_t gHeap[C_HEAP_BYTES] __attribute__((aligned(16)));
static size_t gUsed = 0;

size_t cHeapPeakBytes(void)
{
	return gUsed;
}

/* What malloc takes its memory from. Where this has none left, malloc gives NULL. */
void *sbrk(ptrdiff_t increment)
{
	if (increment < 0 || (size_t)increment > C_HEAP_BYTES - gUsed) {
		errno = ENOMEM;
		return (void *)-1;
	}
	gUsed += (size_t)increment;
	return gHeap + gUsed - (size_t)increment;
}
