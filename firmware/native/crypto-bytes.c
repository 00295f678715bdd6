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

/*
 * Makes mxResult an ArrayBuffer. It has no bytes until there is a chunk for them. fxArrayBuffer would make a chunk of no
 * bytes before.
 */
static txSlot *createBuffer(txMachine *the, size_t length)
{
	mxPush(mxArrayBufferPrototype);
	txSlot *instance = fxNewObjectInstance(the);
	txSlot *buffer = instance->next = fxNewSlot(the);
	buffer->flag = XS_INTERNAL_FLAG;
	buffer->kind = XS_ARRAY_BUFFER_KIND;
	buffer->value.arrayBuffer.address = NULL;
	buffer->value.arrayBuffer.detachKey = NULL;
	txSlot *info = buffer->next = fxNewSlot(the);
	info->flag = XS_INTERNAL_FLAG;
	info->kind = XS_BUFFER_INFO_KIND;
	info->value.bufferInfo.length = (txInteger)length;
	info->value.bufferInfo.maxLength = -1;
	mxPullSlot(mxResult);
	buffer->value.arrayBuffer.address = fxNewChunk(the, (txSize)length);
	return buffer;
}

/* Makes mxResult, an ArrayBuffer, the Uint8Array over it. */
static void viewBuffer(txMachine *the, size_t length)
{
	const txSlot *kind = mxFunctionInstanceHome(mxUint8ArrayConstructor.value.reference)->next;
	/* Nobody can change it. To ask for it as JavaScript does would take longer than all else here. */
	txSlot *prototype = kind->next;
	while (prototype->ID != mxID(_prototype))
		prototype = prototype->next;
	mxPushSlot(prototype);
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
	const txSlot *buffer = createBuffer(the, length);
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
