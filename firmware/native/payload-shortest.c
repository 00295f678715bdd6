// SPDX-License-Identifier: Apache-2.0

/* Whether a float is in its shortest form: src/cbor/float.ts. */

#include "payload-engine.h"

#include <math.h>

#define NAN_HALF 0x7e00
/* The largest half, the smallest that is normal, and the fraction of what is below that. */
#define MAX_HALF 65504.0
#define MIN_NORMAL 0x1p-14
#define FRACTION 0x1p24
/* What a half has not of the fraction of a single. */
#define LOST_BITS 0x1fff

static bool isSingle(double value)
{
	return (double)(float)value == value;
}

static bool isHalf(double value)
{
	double size = fabs(value);
	if (size < MIN_NORMAL)
		return size * FRACTION == floor(size * FRACTION);
	if (size > MAX_HALF || !isSingle(size))
		return isinf(size);
	float single = (float)size;
	uint32_t bits;
	c_memcpy(&bits, &single, sizeof(bits));
	return !(bits & LOST_BITS);
}

static bool isShortest(const PayloadHead *head, double value)
{
	if (isnan(value))
		return head->info == infoTwoBytes && head->argument == NAN_HALF;
	if (head->info == infoTwoBytes)
		return true;
	return !isHalf(value) && (head->info == infoFourBytes || !isSingle(value));
}

/* float(info, high, low): the value, undefined where the form is not the shortest. */
void xs_pnebytes_float(txMachine *the)
{
	if (mxArgc < 3)
		mxTypeError("float: too few arguments");
	PayloadHead head = { .major = majorSimple };
	head.info = cryptoInteger(the, 0, infoTwoBytes, infoEightBytes);
	head.argument = (uint64_t)cryptoNumber(the, 1, 0, UINT32_MAX) << 32 | (uint64_t)cryptoNumber(the, 2, 0, UINT32_MAX);
	double value = payloadFloat(&head);
	if (!isShortest(&head, value))
		return;
	mxResult->kind = XS_NUMBER_KIND;
	mxResult->value.number = value;
}
