// SPDX-License-Identifier: Apache-2.0

/* The messages that a PNE gets most, a receipt and a content, as src/roles/message.ts has them in JavaScript. */

#include "payload-engine.h"

enum { RECEIPT = 2, CONTENT = 3 };

typedef struct {
	uint64_t type;
	uint64_t number;
	/* Of a receipt the status, of a content the length of its payload. */
	uint64_t last;
	const uint8_t *payload;
} ShortMessage;

static bool readHead(PayloadReader *reader, int major, uint64_t *argument)
{
	PayloadHead head;
	if (payloadNext(reader, &head) != payloadFine || head.major != major)
		return false;
	*argument = head.argument;
	return head.argument <= PAYLOAD_MAX_SAFE;
}

/* Whether it is exactly one of the two. */
static bool readMessage(PayloadReader *reader, ShortMessage *message)
{
	uint64_t fields;
	if (!readHead(reader, majorArray, &fields) || fields != 3 || !readHead(reader, majorUnsigned, &message->type) ||
		!readHead(reader, majorUnsigned, &message->number))
		return false;
	if (message->type == RECEIPT)
		return readHead(reader, majorUnsigned, &message->last) && reader->at == reader->length;
	if (message->type != CONTENT || !readHead(reader, majorBytes, &message->last))
		return false;
	message->payload = reader->bytes + reader->at;
	return message->last == reader->length - reader->at;
}

/* Behind the last property of an object that is being made. */
static txSlot *addProperty(txMachine *the, txSlot *last, txString name)
{
	txID id = fxNewNameC(the, name);
	last = last->next = fxNewSlot(the);
	last->ID = id;
	return last;
}

static txSlot *addNumber(txMachine *the, txSlot *last, txString name, uint64_t number)
{
	last = addProperty(the, last, name);
	if (number <= INT32_MAX) {
		last->value.integer = (txInteger)number;
		last->kind = XS_INTEGER_KIND;
	}
	else {
		last->value.number = (txNumber)number;
		last->kind = XS_NUMBER_KIND;
	}
	return last;
}

static void addPayload(txMachine *the, txSlot *last, const ShortMessage *message)
{
	size_t length = (size_t)message->last;
	c_memcpy(cryptoNewBytes(the, length), message->payload, length);
	last = addProperty(the, last, "payload");
	last->value = mxResult->value;
	last->kind = mxResult->kind;
}

bool payloadPushMessage(txMachine *the, const uint8_t *bytes, size_t length)
{
	PayloadReader reader = { bytes, length, 0 };
	ShortMessage message;
	if (!readMessage(&reader, &message))
		return false;
	mxPush(mxObjectPrototype);
	txSlot *last = fxNewObjectInstance(the);
	last = addNumber(the, last, "type", message.type);
	last = addNumber(the, last, "number", message.number);
	if (message.type == CONTENT)
		addPayload(the, last, &message);
	else
		addNumber(the, last, "status", message.last);
	mxPullSlot(mxResult);
	return true;
}
