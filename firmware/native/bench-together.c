// SPDX-License-Identifier: Apache-2.0

/* Several readings up in one record (firmware/bench/together.ts), between buffers that are there. */

#include "bench-ends.h"
#include "bench-reading.h"

#include <string.h>

enum { FIRST = 100, READINGS = 5, VALUE_BYTES = 244 };
/* Headers of fragments (src/link/fragment.ts). */
enum { FIRST_VALUE = 0x80, LAST_VALUE = 0x40, SHORT_HEADER = 2, LONG_HEADER = 4 };

static BenchEnds gHop, gEndToEnd;
static BenchBytes gMessage, gInner, gOuter;
static uint8_t gValue[VALUE_BYTES];
static uint16_t gNumber;

static void putPlainReading(PayloadWriter *writer, const Reading *reading)
{
	uint8_t payload[96];
	size_t length = readingPayload(reading, payload, sizeof(payload));
	payloadPutHead(writer, majorBytes, length);
	payloadPut(writer, payload, length);
}

/* What a link takes: one value after the other, in the same memory. */
static void putValues(const BenchBytes *message)
{
	for (size_t at = 0; at < message->length;) {
		size_t left = message->length - at;
		bool isFirst = at == 0;
		bool isLast = left <= VALUE_BYTES - SHORT_HEADER;
		size_t header = isFirst && !isLast ? LONG_HEADER : SHORT_HEADER;
		size_t length = left < VALUE_BYTES - header ? left : VALUE_BYTES - header;
		gValue[0] = (uint8_t)((isFirst ? FIRST_VALUE : 0) | (isLast ? LAST_VALUE : 0) | gNumber >> 8);
		gValue[1] = (uint8_t)gNumber;
		gNumber = (gNumber + 1) & 0x3fff;
		if (header == LONG_HEADER) {
			gValue[2] = (uint8_t)((message->length - 1) >> 8);
			gValue[3] = (uint8_t)(message->length - 1);
		}
		memcpy(gValue + header, message->bytes + at, length);
		at += length;
	}
}

static psa_status_t run(void (*putReading)(PayloadWriter *writer, const Reading *reading))
{
	PayloadWriter writer = { gMessage.bytes, BENCH_ROOM, 0 };
	payloadPutHead(&writer, majorArray, 2 + BENCH_TOGETHER);
	payloadPutHead(&writer, majorUnsigned, READINGS);
	payloadPutHead(&writer, majorUnsigned, FIRST);
	for (int i = 0; i < BENCH_TOGETHER; i++)
		putReading(&writer, &gMeasuredReading);
	gMessage.length = writer.length;
	if (writer.length > BENCH_ROOM || !benchProtect(&gEndToEnd, END_TO_END_RECORD, &gMessage, &gInner) ||
		!benchProtect(&gHop, HOP_RECORD, &gInner, &gOuter))
		return PSA_ERROR_GENERIC_ERROR;
	putValues(&gOuter);
	return PSA_SUCCESS;
}

static psa_status_t plain(const BenchProgram *program)
{
	(void)program;
	return run(putPlainReading);
}

static psa_status_t concise(const BenchProgram *program)
{
	(void)program;
	return run(putConciseReading);
}

static psa_status_t openBoth(const BenchProgram *program)
{
	return benchStatus(benchOpenEnds(&gHop, program->algorithm) && benchOpenEnds(&gEndToEnd, program->algorithm));
}

static void closeBoth(void)
{
	benchCloseEnds(&gHop);
	benchCloseEnds(&gEndToEnd);
}

const BenchProgram gBenchTogether[] = {
	{ "batch", 64, 10, openBoth, plain, closeBoth },
	{ "batch.concise", 64, 10, openBoth, concise, closeBoth },
};
const size_t gBenchTogetherCount = sizeof(gBenchTogether) / sizeof(gBenchTogether[0]);
