// SPDX-License-Identifier: Apache-2.0

/* Where JavaScript's memory is. */

#ifndef PNE_MEMORY_H
#define PNE_MEMORY_H

#include <stddef.h>

/* Part of flash, beyond every program. */
#define PRELOAD_AREA 0x80400000u
#define PRELOAD_AREA_BYTES 0x400000u

/* Before the machine: what it holds goes to flash, without gaps, and its stack elsewhere. */
void memoryPreload(size_t headerBytes);

/* Takes from the end of what goes to flash. */
void *memoryTake(size_t bytes);
size_t memoryTaken(void);

#endif
