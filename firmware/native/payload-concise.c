// SPDX-License-Identifier: Apache-2.0

/* A payload with numbers for names: src/payload/concise.ts. */

#include "payload.h"

#include <string.h>

enum { MINUS_ZERO_HALF = 0x8000, KEY_STEP = 2 };

typedef struct {
	PayloadReader reader;
	PayloadWriter *writer;
	PayloadNames *names;
	size_t depth;
	struct {
		/* Items, a map's keys included. */
		uint64_t left;
		bool isMap;
	} open[PAYLOAD_MAX_DEPTH];
} Concise;

static bool skip(PayloadReader *reader, uint64_t length)
{
	if (length > reader->length - reader->at)
		return false;
	reader->at += (size_t)length;
	return true;
}

static bool putSince(Concise *concise, size_t start)
{
	payloadPut(concise->writer, concise->reader.bytes + start, concise->reader.at - start);
	return true;
}

/* Heads of names are one byte, or two where the name has more than 23. */
static size_t nameLength(const uint8_t *name)
{
	return *name < (majorText << 5 | infoOneByte) ? 1u + (*name & 31u) : 2u + name[1];
}

/* Returns its number, NAMES_MAX where it has none. One that is new is added. */
static size_t findName(PayloadNames *names, const uint8_t *name, size_t length, size_t textLength)
{
	size_t number = 0;
	for (size_t at = 0; at < names->length; number++) {
		size_t other = nameLength(names->bytes + at);
		if (other == length && !memcmp(names->bytes + at, name, length))
			return number;
		at += other;
	}
	if (number >= NAMES_MAX || textLength > NAME_MAX_BYTES)
		return NAMES_MAX;
	names->hasMore = true;
	if (length <= names->room - names->length) {
		memcpy(names->bytes + names->length, name, length);
		names->length += length;
	}
	return NAMES_MAX;
}

static bool putKey(Concise *concise, const PayloadHead *head, size_t start)
{
	if (head->major != majorText || !skip(&concise->reader, head->argument))
		return false;
	const uint8_t *name = concise->reader.bytes + start;
	size_t length = concise->reader.at - start;
	size_t number = findName(concise->names, name, length, (size_t)head->argument);
	if (number >= concise->names->known)
		return putSince(concise, start);
	payloadPutHead(concise->writer, majorUnsigned, number);
	return true;
}

static bool openContainer(Concise *concise, const PayloadHead *head, size_t start)
{
	bool isMap = head->major == majorMap;
	if (concise->depth >= PAYLOAD_MAX_DEPTH)
		return false;
	concise->open[concise->depth].left = isMap ? KEY_STEP * head->argument : head->argument;
	concise->open[concise->depth].isMap = isMap;
	concise->depth++;
	return putSince(concise, start);
}

static bool putValue(Concise *concise, const PayloadHead *head, size_t start)
{
	switch (head->major) {
	case majorArray:
	case majorMap:
		return openContainer(concise, head, start);
	case majorTag:
		return false;
	case majorBytes:
	case majorText:
		return skip(&concise->reader, head->argument) && putSince(concise, start);
	default:
		break;
	}
	if (payloadIsFloat(head) && head->info == infoEightBytes) {
		payloadPutFloat(concise->writer, head->argument);
		return true;
	}
	bool isOther = payloadIsFloat(head) && !(head->info == infoTwoBytes && head->argument == MINUS_ZERO_HALF);
	return !isOther && putSince(concise, start);
}

static bool putItem(Concise *concise)
{
	PayloadHead head;
	size_t start = concise->reader.at;
	bool isKey = false;
	if (concise->depth) {
		uint64_t left = concise->open[concise->depth - 1].left--;
		isKey = concise->open[concise->depth - 1].isMap && left % KEY_STEP == 0;
	}
	if (payloadNext(&concise->reader, &head) != payloadFine)
		return false;
	return isKey ? putKey(concise, &head, start) : putValue(concise, &head, start);
}

bool payloadPutConcise(PayloadWriter *writer, const uint8_t *payload, size_t length, PayloadNames *names)
{
	Concise concise = { .reader = { payload, length, 0 }, .writer = writer, .names = names };
	if (!length || payload[0] >> 5 != majorMap)
		return false;
	do {
		if (!putItem(&concise))
			return false;
		while (concise.depth && !concise.open[concise.depth - 1].left)
			concise.depth--;
	} while (concise.depth);
	return concise.reader.at == length;
}
