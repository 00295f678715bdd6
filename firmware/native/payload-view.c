// SPDX-License-Identifier: Apache-2.0

/* Views of bytes: src/bytes/copy.ts. */

#include "payload-engine.h"

static bool hasHead(CryptoBuffer buffer, uint32_t head, size_t length)
{
	for (size_t at = length; at-- > 0; head >>= 8) {
		if (buffer.bytes[at] != (uint8_t)head)
			return false;
	}
	return true;
}

/* withoutHead(head, headLength, bytes, maximum): the view, or undefined. */
void xs_pnebytes_withoutHead(txMachine *the)
{
	if (mxArgc < 4)
		mxTypeError("bytes: too few arguments");
	size_t length = (size_t)cryptoInteger(the, 1, 1, 4);
	uint32_t head = (uint32_t)cryptoNumber(the, 0, 0, ((int64_t)1 << 8 * length) - 1);
	size_t maximum = (size_t)cryptoInteger(the, 3, 1, INT32_MAX);
	CryptoBuffer whole = cryptoReadable(the, 2);
	if (whole.length <= length || whole.length - length > maximum || !hasHead(whole, head, length))
		return;
	if (!payloadIsBytes(mxArgv(2)))
		mxTypeError("bytes: no Uint8Array");
	const txSlot *view = mxArgv(2)->value.reference->next->next;
	mxResult->value = view->next->value;
	mxResult->kind = XS_REFERENCE_KIND;
	cryptoViewBytes(the, (size_t)view->value.dataView.offset + length, whole.length - length);
}
