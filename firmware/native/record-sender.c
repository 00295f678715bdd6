// SPDX-License-Identifier: Apache-2.0

/* Numbers and headers of what is sent: src/session/sender.ts, sequence.ts, compressed.ts. */

#include "record-direction.h"

#include <string.h>

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
