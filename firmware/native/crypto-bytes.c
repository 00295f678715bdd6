// SPDX-License-Identifier: Apache-2.0

/*
 * cryptoNewBytes of crypto.h. The Uint8Array is made as the engine makes one, without calling its constructor and
 * that of ArrayBuffer: these cost 1,300 instructions more, and would be those of whoever replaced the global.
 * Hence xsAll.h; the names are the same from XS 13 to XS 17.
 */

#include "xsAll.h"

#include <stddef.h>
#include <stdint.h>

/* Pushes an object with the prototype and kind of elements of Uint8Array. Returns where its view is to follow. */
static txSlot *pushTypedArray(txMachine *the)
{
	mxPush(mxUint8ArrayConstructor);
	txSlot *kind = mxFunctionInstanceHome(the->stack->value.reference)->next;
	mxGetID(mxID(_prototype));
	txSlot *instance = fxNewObjectInstance(the);
	instance->flag |= XS_EXOTIC_FLAG;
	return fxNextTypeDispatchProperty(the, instance, kind->value.typedArray.dispatch,
		kind->value.typedArray.atomics, XS_TYPED_ARRAY_BEHAVIOR, XS_INTERNAL_FLAG);
}

uint8_t *cryptoNewBytes(txMachine *the, size_t length)
{
	fxArrayBuffer(the, mxResult, NULL, (txInteger)length, -1);
	txSlot *property = pushTypedArray(the);
	property = property->next = fxNewSlot(the);
	property->flag = XS_INTERNAL_FLAG;
	property->kind = XS_DATA_VIEW_KIND;
	property->value.dataView.offset = 0;
	property->value.dataView.size = (txInteger)length;
	fxNextReferenceProperty(the, property, mxResult->value.reference, XS_NO_ID, XS_INTERNAL_FLAG);
	uint8_t *bytes = (uint8_t *)mxResult->value.reference->next->value.arrayBuffer.address;
	mxPullSlot(mxResult);
	return bytes;
}
