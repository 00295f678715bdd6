// SPDX-License-Identifier: Apache-2.0

/* Heads, numbers and text: src/cbor/head.ts, src/cbor/float.ts, src/bytes/utf8.ts. */

#include "payload.h"

#include <math.h>
#include <string.h>

static size_t remaining(const PayloadReader *reader)
{
	return reader->length - reader->at;
}

static uint64_t takeArgument(PayloadReader *reader, size_t length)
{
	uint64_t argument = 0;
	for (const uint8_t *end = reader->bytes + reader->at + length, *at = end - length; at < end; at++)
		argument = argument << 8 | *at;
	reader->at += length;
	return argument;
}

static bool hasShorterForm(const PayloadHead *head)
{
	static const uint64_t smallest[] = { infoOneByte, UINT8_MAX + 1, UINT16_MAX + 1, (uint64_t)UINT32_MAX + 1 };
	return head->argument < smallest[head->info - infoOneByte];
}

static PayloadReason checkArgument(const PayloadHead *head)
{
	if (head->major == majorSimple)
		return head->info == infoOneByte && head->argument < 32 ? payloadNotWellFormed : payloadFine;
	if (hasShorterForm(head))
		return payloadNotDeterministic;
	return head->major > majorNegative && head->argument > PAYLOAD_MAX_SAFE ? payloadTooLong : payloadFine;
}

PayloadReason payloadNext(PayloadReader *reader, PayloadHead *head)
{
	if (!remaining(reader))
		return payloadTruncated;
	uint8_t initial = reader->bytes[reader->at++];
	head->major = initial >> 5;
	head->info = initial & 31;
	head->argument = (uint64_t)head->info;
	if (head->info < infoOneByte)
		return payloadFine;
	if (head->info > infoEightBytes) {
		bool isIndefinite = head->info == 31 && head->major >= majorBytes && head->major <= majorMap;
		return isIndefinite ? payloadNotDeterministic : payloadNotWellFormed;
	}
	size_t length = (size_t)1 << (head->info - infoOneByte);
	if (remaining(reader) < length)
		return payloadTruncated;
	head->argument = takeArgument(reader, length);
	return checkArgument(head);
}

bool payloadIsFloat(const PayloadHead *head)
{
	return head->major == majorSimple && head->info > infoOneByte;
}

static double halfValue(uint32_t bits)
{
	int exponent = bits >> 10 & 31;
	double fraction = bits & 1023;
	double size = exponent == 0 ? ldexp(fraction, -24)
		: exponent < 31 ? ldexp(1024 + fraction, exponent - 25)
		: fraction == 0 ? (double)INFINITY : (double)NAN;
	return bits & 0x8000 ? -size : size;
}

double payloadFloat(const PayloadHead *head)
{
	double value;
	float single;
	uint32_t bits = (uint32_t)head->argument;
	switch (head->info) {
	case infoTwoBytes:
		return halfValue(bits);
	case infoFourBytes:
		memcpy(&single, &bits, sizeof(single));
		return (double)single;
	default:
		memcpy(&value, &head->argument, sizeof(value));
		return value;
	}
}

PayloadReason payloadInteger(const PayloadHead *head, double *value)
{
	bool isNegative = head->major == majorNegative;
	if (head->argument > PAYLOAD_MAX_SAFE - isNegative)
		return payloadTooLong;
	*value = isNegative ? -1 - (double)head->argument : (double)head->argument;
	return payloadFine;
}

/* Returns how long the character is that begins here, 0 where none does (RFC 3629 section 3). */
static size_t characterLength(const uint8_t *at, size_t length)
{
	static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
	size_t following = *at < 0x80 ? 0 : *at < 0xc0 ? 4 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : *at < 0xf8 ? 3 : 4;
	if (following >= 4 || following >= length)
		return 0;
	uint32_t code = following ? *at & (0x3fu >> following) : *at;
	for (size_t i = 1; i <= following; i++) {
		if (at[i] >> 6 != 2)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	bool isSurrogate = code >= 0xd800 && code <= 0xdfff;
	return code < smallest[following] || code > 0x10ffff || isSurrogate ? 0 : following + 1;
}

bool payloadIsUtf8(const uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t character = bytes[at] < 0x80 ? 1 : characterLength(bytes + at, length - at);
		if (!character)
			return false;
		at += character;
	}
	return true;
}
