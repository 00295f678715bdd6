// SPDX-License-Identifier: Apache-2.0

/* Floats in their shortest form: src/payload/short-float.ts. */

#include "payload.h"

#include <string.h>

enum { TENTHS_TAG = 6, POWERS = 10, BIAS = 1023, NO_NUMBER = 0x7ff };

#define FRACTION_BITS 52
#define MAX_DIGITS 4294967295.0

/* Whether the lowest bits are none: what is above them is all of it. */
static bool isClear(uint64_t bits, int count)
{
	return !(bits & ((UINT64_C(1) << count) - 1));
}

static void putHalf(PayloadWriter *writer, uint64_t bits, int exponent)
{
	int shorter = exponent == NO_NUMBER ? 31 : exponent - BIAS + 15;
	uint8_t bytes[3] = { majorSimple << 5 | infoTwoBytes };
	bytes[1] = (uint8_t)((bits >> 56 & 0x80) | (uint64_t)shorter << 2 | (bits >> 50 & 3));
	bytes[2] = (uint8_t)(bits >> 42);
	payloadPut(writer, bytes, sizeof(bytes));
}

static void putBits(PayloadWriter *writer, uint64_t bits, int info)
{
	size_t length = info == infoFourBytes ? 4 : 8;
	uint8_t bytes[9];
	bytes[0] = (uint8_t)(majorSimple << 5 | info);
	for (size_t i = length; i > 0; i--, bits >>= 8)
		bytes[i] = (uint8_t)bits;
	payloadPut(writer, bytes, 1 + length);
}

/* Of a number that is not too large for it: without a fraction, what is converted is the same. */
static bool isWhole(double value, int64_t *digits)
{
	*digits = (int64_t)value;
	return (double)*digits == value;
}

static bool putDecimal(PayloadWriter *writer, double value)
{
	static const double powers[POWERS] = { 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10 };
	if (value == 0)
		return false;
	for (int i = 0; i < POWERS; i++) {
		double shifted = value * powers[i];
		int64_t digits;
		if (!(shifted <= MAX_DIGITS && shifted >= -MAX_DIGITS))
			return false;
		if (!isWhole(shifted, &digits) || shifted / powers[i] != value)
			continue;
		payloadPutHead(writer, majorTag, (uint64_t)(TENTHS_TAG + i));
		if (digits < 0)
			payloadPutHead(writer, majorNegative, (uint64_t)(-1 - digits));
		else
			payloadPutHead(writer, majorUnsigned, (uint64_t)digits);
		return true;
	}
	return false;
}

void payloadPutFloat(PayloadWriter *writer, uint64_t bits)
{
	int exponent = (int)(bits >> FRACTION_BITS & NO_NUMBER);
	bool isNormalHalf = exponent >= BIAS - 14 && exponent <= BIAS + 15;
	double value;
	memcpy(&value, &bits, sizeof(value));
	if ((isNormalHalf || exponent == NO_NUMBER) && isClear(bits, FRACTION_BITS - 10))
		putHalf(writer, bits, exponent);
	else if (putDecimal(writer, value))
		return;
	else if (exponent >= BIAS - 126 && exponent <= BIAS + 127 && isClear(bits, FRACTION_BITS - 23)) {
		uint64_t single = (bits >> 32 & 0x80000000u) | (uint64_t)(exponent - BIAS + 127) << 23;
		putBits(writer, single | (bits >> (FRACTION_BITS - 23) & 0x7fffff), infoFourBytes);
	}
	else
		putBits(writer, bits, infoEightBytes);
}
