// SPDX-License-Identifier: Apache-2.0

/* Headers of what is received, and the replay window: src/session/recipient.ts, replay.ts, compressed.ts. */

#include "record-direction.h"

#include <string.h>

/* First bytes of full COSE messages (src/session/record.ts). */
enum { ENCRYPT0 = 0xd0, MAC0 = 0xd1, EMPTY_BYTE_STRING = 0x40 };

static bool isStarted(int64_t highest, uint32_t seen)
{
	return highest >= 0 && highest < (int64_t)RECORD_NUMBERS_END && seen & 1;
}

psa_status_t recordOpenRecipient(RecordRecipient *recipient, const RecordSetup *setup, int64_t highest,
	uint32_t seen, uint64_t failed, uint64_t maxFailed)
{
	if (!isStarted(highest, seen) && !(highest == -1 && seen == 0))
		return PSA_ERROR_INVALID_ARGUMENT;
	recipient->highest = highest;
	recipient->seen = seen;
	recipient->failed = failed;
	recipient->maxFailed = maxFailed;
	return directionOpen(&recipient->direction, setup);
}

static bool isFresh(const RecordRecipient *recipient, int64_t sequence)
{
	int64_t behind = recipient->highest - sequence;
	if (behind < 0)
		return true;
	return behind < RECORD_WINDOW && !(recipient->seen & (uint32_t)1 << behind);
}

static void accept(RecordRecipient *recipient, int64_t sequence)
{
	int64_t ahead = sequence - recipient->highest;
	if (ahead <= 0) {
		recipient->seen |= (uint32_t)1 << -ahead;
		return;
	}
	recipient->seen = ahead >= RECORD_WINDOW ? 1 : recipient->seen << ahead | 1;
	recipient->highest = sequence;
}

static bool isFull(const uint8_t *record, size_t length)
{
	return record[0] == ENCRYPT0 || (record[0] == MAC0 && length > 2 && record[2] == EMPTY_BYTE_STRING);
}

static bool sameKid(const RecordDirection *direction, const uint8_t *kid, size_t length)
{
	return length == direction->kidLength && !memcmp(kid, direction->kid, length);
}

/* What is left once the header is known to be one. */
static RecordReason decide(const RecordRecipient *recipient, size_t length, RecordHeader *header)
{
	const RecordDirection *direction = &recipient->direction;
	size_t body = length - header->headerLength;
	if (body < direction->tagLength)
		return recordTruncated;
	header->plaintextLength = body - direction->tagLength;
	if (header->plaintextLength > direction->maxMessage)
		return recordTooLong;
	if (!isFresh(recipient, (int64_t)header->sequence))
		return recordReplay;
	if (recipient->failed >= recipient->maxFailed)
		return recordKeyLimitReached;
	return direction->closed ? recordKeyWiped : recordFine;
}

static RecordReason readShort(const RecordRecipient *recipient, const uint8_t *record, size_t length,
	RecordHeader *header)
{
	if (length < 2)
		return recordTruncated;
	header->sequence = record[0];
	header->headerLength = 2;
	header->partialIvAt = 0;
	header->partialIvLength = 1;
	if (!sameKid(&recipient->direction, record + 1, 1))
		return recordKidUnknown;
	return recipient->direction.hasContext ? recordContextUnknown : decide(recipient, length, header);
}

/* Returns 0 where the bytes are no Partial IV of the one form: 1 to 5 bytes, no leading zero. */
static bool readPartialIv(const uint8_t *bytes, size_t length, uint64_t *sequence)
{
	if (length < 1 || length > RECORD_PARTIAL_IV_MAX || (length > 1 && bytes[0] == 0))
		return false;
	*sequence = 0;
	for (size_t i = 0; i < length; i++)
		*sequence = *sequence << 8 | bytes[i];
	return true;
}

static RecordReason readExtended(const RecordRecipient *recipient, const uint8_t *record, size_t length,
	RecordHeader *header)
{
	const RecordDirection *direction = &recipient->direction;
	size_t partialIvLength = record[0] & 7;
	size_t kidLength = record[0] >> 3 & 7;
	bool hasContext = record[0] & CONTEXT_PRESENT;
	size_t contextAt = 1 + partialIvLength + hasContext;
	if (length < contextAt)
		return recordTruncated;
	size_t contextLength = hasContext ? record[contextAt - 1] : 0;
	size_t kidAt = contextAt + contextLength;
	header->headerLength = kidAt + kidLength;
	header->partialIvAt = 1;
	header->partialIvLength = (uint8_t)partialIvLength;
	if (length < header->headerLength)
		return recordTruncated;
	if (!readPartialIv(record + 1, partialIvLength, &header->sequence) || contextLength > RECORD_CONTEXT_MAX)
		return recordHeaderInvalid;
	if (!hasContext && kidLength == 1 && header->sequence < EXTENDED)
		return recordHeaderInvalid;
	if (!sameKid(direction, record + kidAt, kidLength))
		return recordKidUnknown;
	if (hasContext != direction->hasContext || contextLength != direction->contextLength ||
		memcmp(record + contextAt, direction->context, contextLength))
		return recordContextUnknown;
	return decide(recipient, length, header);
}

RecordReason recordRead(const RecordRecipient *recipient, const uint8_t *record, size_t length, RecordHeader *header)
{
	if (!length)
		return recordTruncated;
	if (record[0] < EXTENDED)
		return readShort(recipient, record, length, header);
	return isFull(record, length) ? recordFormNotAccepted : readExtended(recipient, record, length, header);
}

RecordReason recordOpen(RecordRecipient *recipient, const uint8_t *record, const RecordHeader *header,
	uint8_t *output)
{
	psa_status_t status = directionOpenBody(&recipient->direction, record + header->partialIvAt,
		header->partialIvLength, record + header->headerLength, header->plaintextLength, output);
	if (status == PSA_SUCCESS) {
		accept(recipient, (int64_t)header->sequence);
		return recordFine;
	}
	if (status != PSA_ERROR_INVALID_SIGNATURE)
		return recordFault;
	recipient->failed++;
	return recipient->direction.encrypts ? recordDecryptionFailure : recordIntegrityFailure;
}

RecordReason recordUnprotect(RecordRecipient *recipient, const uint8_t *record, size_t length, uint8_t *output,
	size_t *plaintextLength)
{
	RecordHeader header;
	RecordReason reason = recordRead(recipient, record, length, &header);
	if (reason != recordFine)
		return reason;
	*plaintextLength = header.plaintextLength;
	return recordOpen(recipient, record, &header, output);
}
