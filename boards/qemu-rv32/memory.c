// SPDX-License-Identifier: Apache-2.0

/*
 * One static region, as Moddable's devices have it: chunks grow up from its bottom, slots down from its top,
 * and where they meet memory is full. The stack is taken from it first. Where the program is preloaded, built-ins
 * and modules lie in flash (preload.h), else the region holds them too.
 */

#include "xsAll.h"
#include "host.h"
#include "image.h"
#include "memory.h"

/* Below the end of the C stack there is nothing to notice an overflow: XS asks before it recurses. */
#define C_STACK_MARGIN 1024

static txByte *gChunks;
static txByte *gSlots;
/* Slots follow chunks instead of growing towards them. */
static int gIsPreload;

void memoryPreload(size_t headerBytes)
{
	gIsPreload = 1;
	gChunks = (txByte *)PRELOAD_AREA + headerBytes;
	gSlots = (txByte *)PRELOAD_AREA + PRELOAD_AREA_BYTES;
}

void *memoryTake(size_t bytes)
{
	gChunks += (bytes + 7) & ~(size_t)7;
	return gChunks - ((bytes + 7) & ~(size_t)7);
}

size_t memoryTaken(void)
{
	return (size_t)(gChunks - (txByte *)PRELOAD_AREA);
}

void fxCreateMachinePlatform(txMachine *the)
{
	gMachine = the;
	the->promiseJobs = 0;
	/* The stack for loading is beside the limit. */
	the->reservedBytes = -(size_t)gOptions.loadStackCount * sizeof(txSlot);
	if (gIsPreload)
		return;
	gChunks = (txByte *)gRegion;
	gSlots = gChunks + gRegionBytes;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

static int fits(txMachine *the, size_t bytes)
{
	if (bytes > (size_t)(gSlots - gChunks))
		return 0;
	the->reservedBytes += bytes;
	return 1;
}

/* Adjacent to the chunks before, so that XS joins them. NULL makes XS abort with "memory full". */
void *fxAllocateChunks(txMachine *the, txSize size)
{
	size_t bytes = ((size_t)size + 7) & ~(size_t)7;
	if (!fits(the, bytes))
		return NULL;
	gChunks += bytes;
	return gChunks - bytes;
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	(void)the;
	(void)chunks;
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	size_t bytes = (size_t)count * sizeof(txSlot);
	if (!fits(the, bytes))
		return NULL;
	if (gIsPreload && the->stackBottom)
		return memoryTake(bytes);
	gSlots -= bytes;
	return (txSlot *)gSlots;
}

void fxFreeSlots(txMachine *the, void *slots)
{
	(void)the;
	(void)slots;
}

char *fxCStackLimit(void)
{
	extern char __heap_end[];
	return __heap_end + C_STACK_MARGIN;
}
