// SPDX-License-Identifier: Apache-2.0

/* Text as UTF-8: src/bytes/utf8.ts. */

#include "payload-engine.h"
#include "payload-text.h"

void payloadReturnReason(txMachine *the, PayloadReason reason)
{
	mxResult->kind = XS_INTEGER_KIND;
	mxResult->value.integer = reason;
}

/* encodeText(text): the bytes, or a reason. */
void xs_pnebytes_encodeText(txMachine *the)
{
	if (mxArgc < 1 || (mxArgv(0)->kind != XS_STRING_KIND && mxArgv(0)->kind != XS_STRING_X_KIND))
		mxTypeError("text: none");
	PayloadText measured;
	PayloadReason reason = payloadMeasureText(mxArgv(0)->value.string, &measured);
	if (reason != payloadFine) {
		payloadReturnReason(the, reason);
		return;
	}
	uint8_t *bytes = cryptoNewBytes(the, measured.length);
	PayloadWriter writer = { bytes, measured.length, 0 };
	payloadPutText(&writer, mxArgv(0)->value.string, &measured);
}

/* Whether argument 0, bytes, is text. */
static bool isText(txMachine *the, size_t *length)
{
	if (mxArgc < 1)
		mxTypeError("text: too few arguments");
	CryptoBuffer buffer = cryptoReadable(the, 0);
	*length = buffer.length;
	return payloadIsUtf8(buffer.bytes, buffer.length);
}

/* decodeText(bytes): the text, undefined where they are none. */
void xs_pnebytes_decodeText(txMachine *the)
{
	size_t length;
	if (!isText(the, &length))
		return;
	payloadPushText(the, 0, length);
	mxPullSlot(mxResult);
}

/* isText(bytes) */
void xs_pnebytes_isText(txMachine *the)
{
	size_t length;
	bool result = isText(the, &length);
	mxResult->kind = XS_BOOLEAN_KIND;
	mxResult->value.boolean = result;
}
