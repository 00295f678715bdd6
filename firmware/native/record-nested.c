// SPDX-License-Identifier: Apache-2.0

#include "record-nested.h"

/* In front of each record. */
enum { HEAD = 1 };

static size_t headerLength(const RecordSender *sender)
{
	return recordLength(sender, 0) - sender->direction.tagLength;
}

bool nestedReady(NestedSender outer, NestedSender inner, size_t length)
{
	return outer.sender != inner.sender && recordReady(inner.sender, length) == recordFine &&
		recordReady(outer.sender, HEAD + recordLength(inner.sender, length)) == recordFine;
}

size_t nestedLength(NestedSender outer, NestedSender inner, size_t length)
{
	return HEAD + recordLength(outer.sender, HEAD + recordLength(inner.sender, length));
}

static uint8_t *innerMessage(NestedSender outer, uint8_t *output)
{
	return output + HEAD + headerLength(outer.sender);
}

RecordReason nestedSeal(NestedSender outer, NestedSender inner, const uint8_t *plaintext, size_t length, uint8_t *output)
{
	uint8_t *message = innerMessage(outer, output);
	size_t innerLength = HEAD + recordLength(inner.sender, length);
	output[0] = outer.head;
	message[0] = inner.head;
	RecordReason reason = recordSeal(inner.sender, plaintext, length, message + HEAD);
	return reason == recordFine ? recordSeal(outer.sender, message, innerLength, output + HEAD) : reason;
}

RecordReason nestedOpen(RecordRecipient *inner, uint8_t *held, size_t heldLength, uint8_t **plaintext, size_t *length)
{
	RecordHeader header;
	RecordReason reason = recordRead(inner, held + HEAD, heldLength - HEAD, &header);
	if (reason != recordFine)
		return reason;
	*plaintext = held + HEAD + header.headerLength;
	*length = header.plaintextLength;
	return recordOpen(inner, held + HEAD, &header, *plaintext);
}
