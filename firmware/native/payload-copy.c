// SPDX-License-Identifier: Apache-2.0

/* Copies of bytes, and their order: src/bytes/copy.ts, src/bytes/compare.ts, src/link/cut.ts. */

#include "crypto.h"

/* Argument `index`, which may be missing, else from `minimum` to `maximum`. */
static size_t boundArgument(xsMachine *the, int index, size_t minimum, size_t maximum, size_t missing)
{
	if ((int)xsmcArgc <= index || xsmcTypeOf(xsArg(index)) == xsUndefinedType)
		return missing;
	return (size_t)cryptoInteger(the, index, (int)minimum, (int)maximum);
}

/* Makes xsResult what is from argument `index + 1` to before `index + 2` of `index`, behind so many bytes. */
static uint8_t *copyArguments(xsMachine *the, int index, size_t headLength)
{
	size_t length = cryptoReadable(the, index).length;
	size_t start = boundArgument(the, index + 1, 0, length, 0);
	size_t end = boundArgument(the, index + 2, start, length, length);
	uint8_t *output = cryptoNewBytes(the, headLength + end - start);
	memcpy(output + headLength, cryptoReadable(the, index).bytes + start, end - start);
	return output;
}

/* copy(bytes, start | undefined, end | undefined) */
void xs_pnebytes_copy(xsMachine *the)
{
	cryptoArguments(the, 1);
	copyArguments(the, 0, 0);
}

/* withHead(head, headLength, bytes, start | undefined, end | undefined) */
void xs_pnebytes_withHead(xsMachine *the)
{
	cryptoArguments(the, 3);
	size_t length = (size_t)cryptoInteger(the, 1, 1, 4);
	uint32_t head = (uint32_t)cryptoNumber(the, 0, 0, ((int64_t)1 << 8 * length) - 1);
	uint8_t *output = copyArguments(the, 2, length);
	for (size_t at = length; at-- > 0; head >>= 8)
		output[at] = (uint8_t)head;
}

/* compare(a, b): negative, 0 or positive, as src/bytes/compare.ts orders them. */
void xs_pnebytes_compare(xsMachine *the)
{
	cryptoArguments(the, 2);
	CryptoBuffer a = cryptoReadable(the, 0);
	CryptoBuffer b = cryptoReadable(the, 1);
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = memcmp(a.bytes, b.bytes, shorter);
	xsmcSetInteger(xsResult, order ? order : (int)a.length - (int)b.length);
}

/* concat(...parts) */
void xs_pnebytes_concat(xsMachine *the)
{
	size_t length = 0;
	for (int i = 0; i < (int)xsmcArgc; i++)
		length += cryptoReadable(the, i).length;
	uint8_t *output = cryptoNewBytes(the, length);
	for (int i = 0; i < (int)xsmcArgc; i++) {
		CryptoBuffer part = cryptoReadable(the, i);
		memcpy(output, part.bytes, part.length);
		output += part.length;
	}
}

enum { FIRST = 0x80, LAST = 0x40, SHORT_HEADER = 2, LONG_HEADER = 4, MIN_VALUE = 20, MAX_NUMBER = 0x3fff };

/* cutFragment(message, start, maxBytes, number) */
void xs_pnebytes_cutFragment(xsMachine *the)
{
	cryptoArguments(the, 4);
	size_t length = cryptoReadable(the, 0).length;
	size_t start = (size_t)cryptoInteger(the, 1, 0, INT32_MAX);
	size_t room = (size_t)cryptoInteger(the, 2, MIN_VALUE, INT32_MAX);
	int number = cryptoInteger(the, 3, 0, MAX_NUMBER);
	if (start >= length)
		xsRangeError("bytes: nothing to cut");
	bool isLast = length - start <= room - SHORT_HEADER;
	size_t header = !start && !isLast ? LONG_HEADER : SHORT_HEADER;
	size_t taken = isLast ? length - start : room - header;
	uint8_t *output = cryptoNewBytes(the, header + taken);
	output[0] = (uint8_t)((start ? 0 : FIRST) | (isLast ? LAST : 0) | number >> 8);
	output[1] = (uint8_t)number;
	if (header == LONG_HEADER) {
		output[2] = (uint8_t)((length - 1) >> 8);
		output[3] = (uint8_t)(length - 1);
	}
	memcpy(output + header, cryptoReadable(the, 0).bytes + start, taken);
}
