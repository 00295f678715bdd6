// SPDX-License-Identifier: Apache-2.0

/* Records for JavaScript: one call a record. What a record is, and what is refused, is in record.h. */

#include "crypto.h"
#include "record.h"

/* 2^53 - 1: the largest whole number that JavaScript is exact about. */
#define MAX_SAFE INT64_C(9007199254740991)

enum { NOTHING_RECEIVED = -1 };

static CryptoBuffer optional(xsMachine *the, int index)
{
	if (xsmcTypeOf(xsArg(index)) == xsUndefinedType)
		return (CryptoBuffer){ NULL, 0 };
	return cryptoReadable(the, index);
}

/* (secret, algorithm, baseIv, kid, kidContext | undefined, maxMessage), checked; addresses until an allocation. */
static RecordSetup setupArguments(xsMachine *the)
{
	const CryptoHandle *secret = cryptoHandle(the, 0, kindSecret);
	CryptoBuffer baseIv = cryptoReadable(the, 2);
	CryptoBuffer kid = cryptoReadable(the, 3);
	CryptoBuffer context = optional(the, 4);
	return (RecordSetup){
		.algorithm = cryptoInteger(the, 1, 0, INT16_MAX),
		.key = secret->data, .keyLength = secret->length,
		.baseIv = baseIv.bytes, .baseIvLength = baseIv.length,
		.kid = kid.bytes, .kidLength = kid.length,
		.context = context.bytes, .contextLength = context.length,
		.maxMessage = (size_t)cryptoInteger(the, 5, 0, UINT16_MAX),
	};
}

/* sender(secret, algorithm, baseIv, kid, kidContext | undefined, maxMessage, first, maxSealed) */
void xs_pnecrypto_sender(xsMachine *the)
{
	cryptoArguments(the, 8);
	setupArguments(the);
	uint64_t first = (uint64_t)cryptoNumber(the, 6, 0, RECORD_NUMBERS_END);
	uint64_t maxSealed = (uint64_t)cryptoNumber(the, 7, 0, RECORD_NUMBERS_END);
	RecordSender *sender = (RecordSender *)cryptoCreate(the, kindSender, sizeof(RecordSender))->data;
	RecordSetup setup = setupArguments(the);
	psa_status_t status = recordOpenSender(sender, &setup, first, maxSealed);
	if (status == PSA_ERROR_INSUFFICIENT_MEMORY) {
		/* Objects that nobody needs any more may hold it. */
		recordClose(&sender->direction);
		xsCollectGarbage();
		*sender = (RecordSender){ 0 };
		setup = setupArguments(the);
		status = recordOpenSender(sender, &setup, first, maxSealed);
	}
	cryptoRequire(the, status);
}

/* recipient(secret, algorithm, baseIv, kid, kidContext | undefined, maxMessage, highest, seen, failed, maxFailed) */
void xs_pnecrypto_recipient(xsMachine *the)
{
	cryptoArguments(the, 10);
	setupArguments(the);
	int64_t highest = cryptoNumber(the, 6, NOTHING_RECEIVED, RECORD_NUMBERS_END - 1);
	uint32_t seen = (uint32_t)cryptoNumber(the, 7, 0, UINT32_MAX);
	uint64_t failed = (uint64_t)cryptoNumber(the, 8, 0, MAX_SAFE);
	uint64_t maxFailed = (uint64_t)cryptoNumber(the, 9, 0, MAX_SAFE);
	RecordRecipient *recipient = (RecordRecipient *)cryptoCreate(the, kindRecipient, sizeof(RecordRecipient))->data;
	RecordSetup setup = setupArguments(the);
	psa_status_t status = recordOpenRecipient(recipient, &setup, highest, seen, failed, maxFailed);
	if (status == PSA_ERROR_INSUFFICIENT_MEMORY) {
		recordClose(&recipient->direction);
		xsCollectGarbage();
		*recipient = (RecordRecipient){ 0 };
		setup = setupArguments(the);
		status = recordOpenRecipient(recipient, &setup, highest, seen, failed, maxFailed);
	}
	cryptoRequire(the, status);
}

static RecordSender *senderArgument(xsMachine *the, int count)
{
	cryptoArguments(the, count);
	return (RecordSender *)cryptoHandle(the, 0, kindSender)->data;
}

static RecordRecipient *recipientArgument(xsMachine *the, int count)
{
	cryptoArguments(the, count);
	return (RecordRecipient *)cryptoHandle(the, 0, kindRecipient)->data;
}

/* next(sender): the number of its next record. */
void xs_pnecrypto_next(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)senderArgument(the, 1)->next);
}

/* reserve(sender, upTo): numbers below may be used. */
void xs_pnecrypto_reserve(xsMachine *the)
{
	RecordSender *sender = senderArgument(the, 2);
	recordReserve(sender, (uint64_t)cryptoNumber(the, 1, 0, RECORD_NUMBERS_END));
}

static void requireSealed(xsMachine *the, RecordReason reason)
{
	if (reason != recordFine)
		xsUnknownError("crypto: a record was not made");
}

/* refusal(sender, length): why a record of so many bytes is refused now, if it is. */
void xs_pnecrypto_refusal(xsMachine *the)
{
	const RecordSender *sender = senderArgument(the, 2);
	RecordReason reason = recordReady(sender, (size_t)cryptoInteger(the, 1, 0, INT32_MAX));
	if (reason != recordFine && reason != recordUnreserved)
		xsmcSetInteger(xsResult, reason);
}

/* protect(sender, plaintext): the record, or undefined where it is refused or its number is not reserved. */
void xs_pnecrypto_protect(xsMachine *the)
{
	RecordSender *sender = senderArgument(the, 2);
	size_t length = cryptoReadable(the, 1).length;
	if (recordReady(sender, length) != recordFine)
		return;
	uint8_t *output = cryptoNewBytes(the, recordLength(sender, length));
	requireSealed(the, recordSeal(sender, cryptoReadable(the, 1).bytes, length, output));
}

/*
 * protectInto(sender, plaintext, target): the record's length, a reason as its negative, or undefined where its
 * number is not reserved. A target that is too short uses no number up.
 */
void xs_pnecrypto_protectInto(xsMachine *the)
{
	RecordSender *sender = senderArgument(the, 3);
	CryptoBuffer plaintext = cryptoReadable(the, 1);
	CryptoBuffer target = cryptoWritable(the, 2);
	RecordReason reason = cryptoOverlap(target, plaintext) ? recordBadArgument : recordReady(sender, plaintext.length);
	if (reason == recordUnreserved)
		return;
	size_t length = recordLength(sender, plaintext.length);
	if (reason == recordFine && length > target.length)
		reason = recordTargetTooShort;
	if (reason == recordFine)
		requireSealed(the, recordSeal(sender, plaintext.bytes, plaintext.length, target.bytes));
	xsmcSetInteger(xsResult, reason == recordFine ? (xsIntegerValue)length : -(xsIntegerValue)reason);
}

/* unprotect(recipient, record): the plaintext, or a reason. */
void xs_pnecrypto_unprotect(xsMachine *the)
{
	RecordHeader header;
	RecordRecipient *recipient = recipientArgument(the, 2);
	CryptoBuffer record = cryptoReadable(the, 1);
	RecordReason reason = recordRead(recipient, record.bytes, record.length, &header);
	if (reason == recordFine) {
		uint8_t *output = cryptoNewBytes(the, header.plaintextLength);
		reason = recordOpen(recipient, cryptoReadable(the, 1).bytes, &header, output);
	}
	if (reason == recordFault)
		xsUnknownError("crypto: a record was not opened");
	if (reason != recordFine)
		xsmcSetInteger(xsResult, reason);
}

/* highest(recipient), seen(recipient), failed(recipient): what it has to remember. */
void xs_pnecrypto_highest(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)recipientArgument(the, 1)->highest);
}

void xs_pnecrypto_seen(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)recipientArgument(the, 1)->seen);
}

void xs_pnecrypto_failed(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)recipientArgument(the, 1)->failed);
}
