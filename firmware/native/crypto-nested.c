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
	memcpy(nestedPlaintext(outer, inner, output), cryptoReadable(the, 4).bytes, length);
	requireMade(the, nestedSeal(outer, inner, length, output));
}

/* What is behind the first byte of argument 1, opened into xsResult. */
static RecordReason openOuter(xsMachine *the, RecordRecipient *outer, uint8_t **held, size_t *length)
{
	RecordHeader header;
	CryptoBuffer message = cryptoReadable(the, 1);
	size_t skipped = message.length ? 1 : 0;
	RecordReason reason = recordRead(outer, message.bytes + skipped, message.length - skipped, &header);
	if (reason != recordFine)
		return reason;
	*length = header.plaintextLength;
	*held = cryptoNewBytes(the, *length);
	return recordOpen(outer, cryptoReadable(the, 1).bytes + skipped, &header, *held);
}

/*
 * unprotectNested(outer, message, inner, innerHead): a reason, or what the inner record held, as a view that does not
 * begin where its buffer does. One that does is what the outer record held: it does not begin with that byte.
 */
void xs_pnecrypto_unprotectNested(xsMachine *the)
{
	cryptoArguments(the, 4);
	RecordRecipient *outer = (RecordRecipient *)cryptoHandle(the, 0, kindRecipient)->data;
	RecordRecipient *inner = (RecordRecipient *)cryptoHandle(the, 2, kindRecipient)->data;
	uint8_t innerHead = (uint8_t)cryptoInteger(the, 3, 0, UINT8_MAX);
	uint8_t *held;
	size_t length;
	RecordReason reason = openOuter(the, outer, &held, &length);
	if (reason == recordFine && length && held[0] == innerHead) {
		uint8_t *plaintext;
		size_t plaintextLength;
		reason = nestedOpen(inner, held, length, &plaintext, &plaintextLength);
		if (reason == recordFine)
			cryptoNarrowBytes(the, (size_t)(plaintext - held), plaintextLength);
	}
	if (reason == recordFault)
		xsUnknownError("crypto: a record was not opened");
	if (reason != recordFine)
		xsmcSetInteger(xsResult, reason);
}
