// SPDX-License-Identifier: Apache-2.0

/* What may be a payload: src/payload/scan.ts. */

#include "payload.h"

#include <string.h>

/* The containers that are open, outermost first, and the keys of the maps among them. */
typedef struct {
	PayloadReader reader;
	size_t depth;
	size_t entries;
	size_t keyCount;
	struct {
		/* Items, a map's keys included. */
		uint32_t left;
		bool isMap;
		uint16_t firstKey;
	} open[PAYLOAD_MAX_DEPTH];
	/* Where each key's head is. A payload has no more entries than this. */
	uint16_t keys[PAYLOAD_MAX_ITEMS];
} Scan;

/* A key as the property name that it becomes. */
typedef struct {
	const uint8_t *bytes;
	size_t length;
	uint8_t digits[20];
} Name;

/* Of a whole number below 2^53, as JavaScript writes it. */
static void nameNumber(const PayloadHead *head, Name *name)
{
	bool isNegative = head->major == majorNegative;
	uint64_t number = head->argument + isNegative;
	uint8_t *at = name->digits + sizeof(name->digits);
	do
		*--at = (uint8_t)('0' + number % 10);
	while (number /= 10);
	if (isNegative)
		*--at = '-';
	name->bytes = at;
	name->length = (size_t)(name->digits + sizeof(name->digits) - at);
}

static void readName(Scan *scan, uint16_t key, Name *name)
{
	PayloadReader reader = { scan->reader.bytes, scan->reader.length, key };
	PayloadHead head = { 0 };
	payloadNext(&reader, &head);
	if (head.major != majorText)
		return nameNumber(&head, name);
	name->bytes = reader.bytes + reader.at;
	name->length = (size_t)head.argument;
}

static bool isName(const Name *name, const void *bytes, size_t length)
{
	return name->length == length && !memcmp(name->bytes, bytes, length);
}

static PayloadReason addKey(Scan *scan, uint16_t key)
{
	static const char forbidden[] = "__proto__";
	Name name;
	readName(scan, key, &name);
	if (isName(&name, forbidden, sizeof(forbidden) - 1))
		return payloadWrongType;
	for (size_t i = scan->open[scan->depth - 1].firstKey; i < scan->keyCount; i++) {
		Name earlier;
		readName(scan, scan->keys[i], &earlier);
		if (isName(&name, earlier.bytes, earlier.length))
			return payloadDuplicateKey;
	}
	scan->keys[scan->keyCount++] = key;
	return payloadFine;
}

static size_t remaining(const PayloadReader *reader)
{
	return reader->length - reader->at;
}

static PayloadReason takeBytes(PayloadReader *reader, uint64_t length)
{
	if (length > remaining(reader))
		return payloadTruncated;
	reader->at += (size_t)length;
	return payloadFine;
}

static PayloadReason takeText(PayloadReader *reader, uint64_t length)
{
	if (length > PAYLOAD_MAX_TEXT)
		return payloadTooLong;
	if (length > remaining(reader))
		return payloadTruncated;
	const uint8_t *text = reader->bytes + reader->at;
	reader->at += (size_t)length;
	return payloadIsUtf8(text, (size_t)length) ? payloadFine : payloadInvalidUtf8;
}

static PayloadReason scanKey(Scan *scan)
{
	uint16_t key = (uint16_t)scan->reader.at;
	PayloadHead head;
	PayloadReason reason = payloadNext(&scan->reader, &head);
	double value;
	if (reason != payloadFine)
		return reason;
	if (head.major == majorText)
		reason = takeText(&scan->reader, head.argument);
	else
		reason = head.major <= majorNegative ? payloadInteger(&head, &value) : payloadWrongType;
	return reason == payloadFine ? addKey(scan, key) : reason;
}

static PayloadReason openContainer(Scan *scan, uint64_t entries, bool isMap)
{
	uint64_t items = isMap ? 2 * entries : entries;
	if (items > remaining(&scan->reader))
		return payloadTruncated;
	if (scan->depth >= PAYLOAD_MAX_DEPTH)
		return payloadTooDeep;
	scan->entries += (size_t)entries;
	if (scan->entries > PAYLOAD_MAX_ITEMS)
		return payloadTooManyItems;
	scan->open[scan->depth].left = (uint32_t)items;
	scan->open[scan->depth].isMap = isMap;
	scan->open[scan->depth].firstKey = (uint16_t)scan->keyCount;
	scan->depth++;
	return payloadFine;
}

static PayloadReason scanValue(Scan *scan)
{
	PayloadHead head;
	double value;
	PayloadReason reason = payloadNext(&scan->reader, &head);
	if (reason != payloadFine)
		return reason;
	switch (head.major) {
	case majorBytes:
		return takeBytes(&scan->reader, head.argument);
	case majorText:
		return takeText(&scan->reader, head.argument);
	case majorArray:
	case majorMap:
		return openContainer(scan, head.argument, head.major == majorMap);
	case majorTag:
		return payloadWrongType;
	case majorSimple:
		if (payloadIsFloat(&head))
			return payloadFine;
		return head.argument < simpleFalse || head.argument > simpleUndefined ? payloadWrongType : payloadFine;
	default:
		return payloadInteger(&head, &value);
	}
}

/* The next key or value of the innermost container. */
static PayloadReason scanItem(Scan *scan)
{
	if (!scan->depth)
		return scanValue(scan);
	uint32_t left = scan->open[scan->depth - 1].left--;
	return scan->open[scan->depth - 1].isMap && left % 2 == 0 ? scanKey(scan) : scanValue(scan);
}

static void closeContainers(Scan *scan)
{
	while (scan->depth && !scan->open[scan->depth - 1].left)
		scan->keyCount = scan->open[--scan->depth].firstKey;
}

PayloadReason payloadScan(const uint8_t *bytes, size_t length)
{
	Scan scan;
	if (length > PAYLOAD_MAX_BYTES)
		return payloadTooLong;
	scan.reader = (PayloadReader){ bytes, length, 0 };
	scan.depth = scan.entries = scan.keyCount = 0;
	do {
		PayloadReason reason = scanItem(&scan);
		if (reason != payloadFine)
			return reason;
		closeContainers(&scan);
	} while (scan.depth);
	return remaining(&scan.reader) ? payloadTrailingBytes : payloadFine;
}
