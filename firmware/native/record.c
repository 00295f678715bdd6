// SPDX-License-Identifier: Apache-2.0

/* Header, numbers and replay window: src/session/compressed.ts, sender.ts, recipient.ts, sequence.ts, replay.ts. */

#include "record-direction.h"

#include <string.h>

/* Bits of the first byte of a header. */
enum { EXTENDED = 0x80, CONTEXT_PRESENT = 0x40 };

/* First bytes of full COSE messages (src/session/record.ts). */
enum { ENCRYPT0 = 0xd0, MAC0 = 0xd1, EMPTY_BYTE_STRING = 0x40 };

psa_status_t recordOpenSender(RecordSender *sender, const RecordSetup *setup, uint64_t first, uint64_t maxSealed)
{
	if (first > RECORD_NUMBERS_END)
		return PSA_ERROR_INVALID_ARGUMENT;
	sender->next = first;
	sender->reserved = first;
	sender->maxSealed = maxSealed;
	return directionOpen(&sender->direction, setup);
}

void recordReserve(RecordSender *sender, uint64_t upTo)
{
	if (upTo > sender->reserved)
		sender->reserved = upTo < RECORD_NUMBERS_END ? upTo : RECORD_NUMBERS_END;
}

RecordReason recordReady(const RecordSender *sender, size_t length)
{
	if (length > sender->direction.maxMessage)
		return recordTooLong;
	if (sender->direction.closed)
		return recordKeyWiped;
	if (sender->next < sender->reserved && sender->next < sender->maxSealed)
		return recordFine;
	if (sender->next >= RECORD_NUMBERS_END)
		return recordSequenceExhausted;
	return sender->next >= sender->maxSealed ? recordKeyLimitReached : recordUnreserved;
}

static size_t partialIvLength(uint64_t sequence)
{
	size_t length = 1;
	while (sequence >>= 8)
		length++;
	return length;
}

static bool fitsShortForm(const RecordDirection *direction, uint64_t sequence)
{
	return sequence < EXTENDED && direction->kidLength == 1 && !direction->hasContext;
}

size_t recordLength(const RecordSender *sender, size_t length)
{
	const RecordDirection *direction = &sender->direction;
	size_t body = length + direction->tagLength;
	if (fitsShortForm(direction, sender->next))
		return 2 + body;
	size_t context = direction->hasContext ? 1u + direction->contextLength : 0;
	return 1 + partialIvLength(sender->next) + context + direction->kidLength + body;
}

/* Returns where the body begins. `*partialIv` becomes where the Partial IV does. */
static uint8_t *writeHeader(const RecordSender *sender, uint8_t *at, const uint8_t **partialIv, size_t *length)
{
	const RecordDirection *direction = &sender->direction;
	uint64_t sequence = sender->next;
	*length = partialIvLength(sequence);
	if (fitsShortForm(direction, sequence)) {
		*partialIv = at;
		*at++ = (uint8_t)sequence;
		*at++ = direction->kid[0];
		return at;
	}
	*at++ = (uint8_t)(EXTENDED | (direction->hasContext ? CONTEXT_PRESENT : 0) | direction->kidLength << 3 | *length);
	*partialIv = at;
	at += *length;
	for (size_t i = 1; i <= *length; i++, sequence >>= 8)
		at[-(ptrdiff_t)i] = (uint8_t)sequence;
	if (direction->hasContext)
		*at++ = direction->contextLength;
	memcpy(at, direction->context, direction->contextLength);
	at += direction->contextLength;
	memcpy(at, direction->kid, direction->kidLength);
	return at + direction->kidLength;
}

RecordReason recordSeal(RecordSender *sender, const uint8_t *plaintext, size_t length, uint8_t *output)
{
	const uint8_t *partialIv;
	size_t partialIvLength;
	uint8_t *body = writeHeader(sender, output, &partialIv, &partialIvLength);
	sender->next++;
	psa_status_t status = directionSeal(&sender->direction, partialIv, partialIvLength, plaintext, length, body);
	return status == PSA_SUCCESS ? recordFine : recordFault;
}

RecordReason recordProtect(RecordSender *sender, const uint8_t *plaintext, size_t length, uint8_t *output)
{
	RecordReason reason = recordReady(sender, length);
	return reason == recordFine ? recordSeal(sender, plaintext, length, output) : reason;
}

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
