// SPDX-License-Identifier: Apache-2.0

/* A record around a record for JavaScript: one call for both. */

#include "crypto.h"
#include "record-nested.h"

static NestedSender senderArguments(xsMachine *the, int index)
{
	return (NestedSender){
		.sender = (RecordSender *)cryptoHandle(the, index, kindSender)->data,
		.head = (uint8_t)cryptoInteger(the, index + 1, 0, UINT8_MAX),
	};
}

static void requireMade(xsMachine *the, RecordReason reason)
{
	if (reason == recordFault)
		xsUnknownError("crypto: a record was not made");
}

/*
 * protectNested(outer, outerHead, inner, innerHead, plaintext): the outer record behind its byte, or undefined where
 * either is refused or its number is not reserved. Nothing is used up then.
 */
void xs_pnecrypto_protectNested(xsMachine *the)
{
	cryptoArguments(the, 5);
	NestedSender outer = senderArguments(the, 0);
	NestedSender inner = senderArguments(the, 2);
	size_t length = cryptoReadable(the, 4).length;
	if (!nestedReady(outer, inner, length))
		return;
	uint8_t *output = cryptoNewBytes(the, nestedLength(outer, inner, length));
	requireMade(the, nestedSeal(outer, inner, cryptoReadable(the, 4).bytes, length, output));
}

/* What most messages fit in: a receipt takes a tenth of it. */
enum { SHORT_HELD = 192 };

/* What an outer record held, on the stack where it is short, else in xsResult. */
typedef struct {
	uint8_t *bytes;
	size_t length;
	bool isShort;
} Held;

/* Opens what is behind the first byte of argument 1. */
static RecordReason openOuter(xsMachine *the, RecordRecipient *outer, uint8_t shortHeld[SHORT_HELD], Held *held)
{
	RecordHeader header;
	CryptoBuffer message = cryptoReadable(the, 1);
	size_t skipped = message.length ? 1 : 0;
	RecordReason reason = recordRead(outer, message.bytes + skipped, message.length - skipped, &header);
	if (reason != recordFine)
		return reason;
	held->length = header.plaintextLength;
	held->isShort = held->length <= SHORT_HELD;
	held->bytes = held->isShort ? shortHeld : cryptoNewBytes(the, held->length);
	return recordOpen(outer, cryptoReadable(the, 1).bytes + skipped, &header, held->bytes);
}

enum { REFUSE = 4, DECODE, OTHER };

/* Makes xsResult what argument `index` makes of it. */
static void callArgument(xsMachine *the, int index)
{
	xsResult = xsCallFunction1(xsArg(index), xsUndefined, xsResult);
}

static void refuseReason(xsMachine *the, RecordReason reason)
{
	if (reason == recordFault)
		xsUnknownError("crypto: a record was not opened");
	xsmcSetInteger(xsResult, reason);
	callArgument(the, REFUSE);
}

/* Makes xsResult what was held. */
static void showHeld(xsMachine *the, const Held *held)
{
	if (held->isShort)
		memcpy(cryptoNewBytes(the, held->length), held->bytes, held->length);
}

static void openInner(xsMachine *the, RecordRecipient *inner, const Held *held)
{
	uint8_t *plaintext;
	size_t length;
	RecordReason reason = nestedOpen(inner, held->bytes, held->length, &plaintext, &length);
	if (reason != recordFine) {
		refuseReason(the, reason);
		return;
	}
	size_t offset = (size_t)(plaintext - held->bytes);
	if (held->isShort && payloadPushMessage(the, plaintext, length))
		return;
	showHeld(the, held);
	cryptoNarrowBytes(the, offset, length);
	callArgument(the, DECODE);
}

/*
 * unprotectNested(outer, message, inner, innerHead, refuse, decode, other): the message that the inner record held. It is
 * `decode` that is given the bytes, but for a short receipt or content; `other` is given what the outer record held, if that
 * does not begin with that byte, and the result is undefined; `refuse` a reason, and throws.
 */
void xs_pnecrypto_unprotectNested(xsMachine *the)
{
	cryptoArguments(the, 7);
	RecordRecipient *outer = (RecordRecipient *)cryptoHandle(the, 0, kindRecipient)->data;
	RecordRecipient *inner = (RecordRecipient *)cryptoHandle(the, 2, kindRecipient)->data;
	uint8_t innerHead = (uint8_t)cryptoInteger(the, 3, 0, UINT8_MAX);
	uint8_t shortHeld[SHORT_HELD];
	Held held;
	RecordReason reason = openOuter(the, outer, shortHeld, &held);
	if (reason != recordFine)
		refuseReason(the, reason);
	else if (held.length && held.bytes[0] == innerHead)
		openInner(the, inner, &held);
	else {
		showHeld(the, &held);
		callArgument(the, OTHER);
		xsmcSetUndefined(xsResult);
	}
}
