// SPDX-License-Identifier: Apache-2.0

/* Memory within a budget, and promise jobs. */

#include "xsAll.h"
#include "host.h"

void fxCreateMachinePlatform(txMachine *the)
{
	the->promiseJobs = 0;
	the->reservedBytes = 0;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

/* NULL makes XS abort with "memory full", as a device's static region does. */
static void *reserve(txMachine *the, size_t bytes)
{
	if (the->reservedBytes + bytes > (size_t)gOptions.limitBytes)
		return NULL;
	void *result = malloc(bytes);
	if (result)
		the->reservedBytes += bytes;
	return result;
}

void *fxAllocateChunks(txMachine *the, txSize size)
{
	return reserve(the, (size_t)size);
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	(void)the;
	free(chunks);
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	return reserve(the, (size_t)count * sizeof(txSlot));
}

void fxFreeSlots(txMachine *the, void *slots)
{
	(void)the;
	free(slots);
}
