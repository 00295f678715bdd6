// SPDX-License-Identifier: Apache-2.0

/*
 * cryptoNewBytes of crypto.h. The Uint8Array is made as the engine makes one, without calling its constructor and
 * that of ArrayBuffer: these cost 1,300 instructions more, and would be those of whoever replaced the global. Nor
 * are zeros written that the caller writes over, which is a tenth of what a long record costs beyond its cipher.
 * Hence xsAll.h; the names are the same from XS 13 to XS 17.
 */

#include "xsAll.h"

#include <stddef.h>
#include <stdint.h>

/* Makes mxResult an ArrayBuffer. It has no bytes until there is a chunk for them. */
static void createBuffer(txMachine *the, size_t length)
{
	fxArrayBuffer(the, mxResult, NULL, 0, -1);
	txSlot *buffer = mxResult->value.reference->next;
	buffer->value.arrayBuffer.address = fxNewChunk(the, (txSize)length);
	buffer->next->value.bufferInfo.length = (txInteger)length;
}

/* Makes mxResult, an ArrayBuffer, the Uint8Array over it. */
static void viewBuffer(txMachine *the, size_t length)
{
	mxPush(mxUint8ArrayConstructor);
	txSlot *kind = mxFunctionInstanceHome(the->stack->value.reference)->next;
	mxGetID(mxID(_prototype));
	txSlot *instance = fxNewObjectInstance(the);
	instance->flag |= XS_EXOTIC_FLAG;
	txSlot *property = fxNextTypeDispatchProperty(the, instance, kind->value.typedArray.dispatch,
		kind->value.typedArray.atomics, XS_TYPED_ARRAY_BEHAVIOR, XS_INTERNAL_FLAG);
	property = property->next = fxNewSlot(the);
	property->flag = XS_INTERNAL_FLAG;
	property->kind = XS_DATA_VIEW_KIND;
	property->value.dataView.offset = 0;
	property->value.dataView.size = (txInteger)length;
	fxNextReferenceProperty(the, property, mxResult->value.reference, XS_NO_ID, XS_INTERNAL_FLAG);
	mxPullSlot(mxResult);
}

uint8_t *cryptoNewBytes(txMachine *the, size_t length)
{
	createBuffer(the, length);
	txSlot *buffer = mxResult->value.reference->next;
	viewBuffer(the, length);
	return (uint8_t *)buffer->value.arrayBuffer.address;
}

void cryptoViewBytes(txMachine *the, size_t offset, size_t length)
{
	viewBuffer(the, length);
	mxResult->value.reference->next->next->value.dataView.offset = (txInteger)offset;
}

void cryptoNarrowBytes(txMachine *the, size_t offset, size_t length)
{
	(void)the;
	txSlot *view = mxResult->value.reference->next->next;
	view->value.dataView.offset = (txInteger)offset;
	view->value.dataView.size = (txInteger)length;
}
