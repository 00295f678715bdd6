// SPDX-License-Identifier: Apache-2.0

/*
 * Heap statistics from the counters that Moddable's own instrumentation reads. They are not in xs.h, hence
 * xsAll.h; the names are the same from XS 13 to XS 17.
 */

#include "xsAll.h"

static void setNumber(txMachine *the, const char *name, double value)
{
	mxPushNumber(value);
	mxPushSlot(mxResult);
	fxSetID(the, fxID(the, (txString)name));
	mxPop();
}

/*
 * heap(): { usedBytes, peakBytes }. `usedBytes` is what lives: slots and chunks after a full collection.
 * `peakBytes` is the most that was ever allocated between collections, garbage included; slots and chunks
 * peak independently, so that it is an upper bound. A slot is 16 bytes on a 32-bit chip and 32 on a PC.
 */
void xs_pne_heap(txMachine *the)
{
	fxCollectGarbage(the);
	double slotBytes = sizeof(txSlot);
	mxPush(mxObjectPrototype);
	fxNewObjectInstance(the);
	mxPullSlot(mxResult);
	setNumber(the, "usedBytes", (double)the->currentHeapCount * slotBytes + (double)the->currentChunksSize);
	setNumber(the, "peakBytes", (double)the->peakHeapCount * slotBytes + (double)the->peakChunksSize);
}
