// SPDX-License-Identifier: Apache-2.0

/* Heads and numbers: src/cbor/head.ts, src/payload/compact.ts. */

#include "payload.h"

#include <math.h>
#include <string.h>

void payloadPut(PayloadWriter *writer, const void *bytes, size_t length)
{
	if (writer->length + length <= writer->room)
		memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

/* In 16 bits: an integer has no sign of zero. */
enum { MINUS_ZERO = 0x8000 };

/* Big-endian. */
static void putArgument(PayloadWriter *writer, int initial, uint64_t argument, size_t length)
{
	uint8_t bytes[9];
	bytes[0] = (uint8_t)initial;
	for (size_t i = length; i > 0; i--, argument >>= 8)
		bytes[i] = (uint8_t)argument;
	payloadPut(writer, bytes, 1 + length);
}

void payloadPutHead(PayloadWriter *writer, int major, uint64_t argument)
{
	int initial = major << 5;
	if (argument < infoOneByte)
		putArgument(writer, initial | (int)argument, 0, 0);
	else if (argument <= UINT8_MAX)
		putArgument(writer, initial | infoOneByte, argument, 1);
	else if (argument <= UINT16_MAX)
		putArgument(writer, initial | infoTwoBytes, argument, 2);
	else if (argument <= UINT32_MAX)
		putArgument(writer, initial | infoFourBytes, argument, 4);
	else
		putArgument(writer, initial | infoEightBytes, argument, 8);
}

static uint64_t bitsOf(double value)
{
	uint64_t bits;
	if (isnan(value))
		return UINT64_C(0x7ff8000000000000);
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

void payloadPutNumber(PayloadWriter *writer, double value)
{
	bool isWhole = value >= -4294967296.0 && value < 4294967296.0 && value == (double)(int64_t)value;
	if (value == 0 && signbit(value))
		putArgument(writer, majorSimple << 5 | infoTwoBytes, MINUS_ZERO, 2);
	else if (!isWhole)
		putArgument(writer, majorSimple << 5 | infoEightBytes, bitsOf(value), 8);
	else if (value < 0)
		payloadPutHead(writer, majorNegative, (uint64_t)(-1 - (int64_t)value));
	else
		payloadPutHead(writer, majorUnsigned, (uint64_t)(int64_t)value);
}
