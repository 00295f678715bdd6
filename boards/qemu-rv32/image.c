// SPDX-License-Identifier: Apache-2.0

/* The sizes of one image, from the command line of the compiler. */

#include "host.h"
#include "image.h"

/* A slot on a 32-bit machine. */
#define SLOT_BYTES 16
#define LOAD_STACK (IMAGE_PRELOADED ? 0 : LOAD_STACK_SLOTS)
#define REGION_BYTES (IMAGE_LIMIT + LOAD_STACK * SLOT_BYTES)

const int gIsPreloaded = IMAGE_PRELOADED;

HostOptions gOptions = {
	.stackCount = IMAGE_STACK,
	.loadStackCount = LOAD_STACK,
	.chunkInitial = IMAGE_CHUNK_INITIAL,
	.chunkIncrement = IMAGE_CHUNK_INCREMENTAL,
	.heapInitial = IMAGE_HEAP_INITIAL,
	.heapIncrement = IMAGE_HEAP_INCREMENTAL,
	.limitBytes = IMAGE_LIMIT,
	.bundle = "bundle",
};

uint64_t gRegion[REGION_BYTES / sizeof(uint64_t)];
const unsigned gRegionBytes = sizeof(gRegion);

uint64_t gCHeap[IMAGE_C_HEAP / sizeof(uint64_t)] __attribute__((aligned(16)));
const unsigned gCHeapBytes = sizeof(gCHeap);
