// SPDX-License-Identifier: Apache-2.0

/* Several readings up in one record (firmware/bench-together.ts), between buffers that are there. */

#include "bench.h"
#include "bench-reading.h"

#include <string.h>

enum { FIRST = 100, READINGS = 5, VALUE_BYTES = 244, ROOM = 1280 };
/* Channels (src/link/channel.ts), and headers of fragments (src/link/fragment.ts). */
enum { HOP_RECORD = 2, END_TO_END_RECORD = 4, FIRST_VALUE = 0x80, LAST_VALUE = 0x40, SHORT_HEADER = 2, LONG_HEADER = 4 };

typedef struct {
	size_t length;
	uint8_t bytes[ROOM];
} Bytes;

static RecordSender gHopSender, gSender;
static RecordRecipient gHopRecipient, gRecipient;
static Bytes gMessage, gInner, gOuter;
static uint8_t gValue[VALUE_BYTES];
static uint16_t gNumber;

static bool protect(RecordSender *sender, int channel, const Bytes *plaintext, Bytes *message)
{
	message->length = 1 + recordLength(sender, plaintext->length);
	message->bytes[0] = (uint8_t)channel;
	return message->length <= ROOM &&
		recordProtect(sender, plaintext->bytes, plaintext->length, message->bytes + 1) == recordFine;
}

static void putPlainReading(PayloadWriter *writer, const Reading *reading)
{
	uint8_t payload[96];
	size_t length = readingPayload(reading, payload, sizeof(payload));
	payloadPutHead(writer, majorBytes, length);
	payloadPut(writer, payload, length);
}

/* What a link takes: one value after the other, in the same memory. */
static void putValues(const Bytes *message)
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
	PayloadWriter writer = { gMessage.bytes, ROOM, 0 };
	payloadPutHead(&writer, majorArray, 2 + BENCH_TOGETHER);
	payloadPutHead(&writer, majorUnsigned, READINGS);
	payloadPutHead(&writer, majorUnsigned, FIRST);
	for (int i = 0; i < BENCH_TOGETHER; i++)
		putReading(&writer, &gMeasuredReading);
	gMessage.length = writer.length;
	if (writer.length > ROOM || !protect(&gSender, END_TO_END_RECORD, &gMessage, &gInner) ||
		!protect(&gHopSender, HOP_RECORD, &gInner, &gOuter))
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
	(void)program;
	memset(&gHopSender, 0, sizeof(gHopSender));
	memset(&gSender, 0, sizeof(gSender));
	memset(&gHopRecipient, 0, sizeof(gHopRecipient));
	memset(&gRecipient, 0, sizeof(gRecipient));
	bool isOpen = benchOpenEnds(&gHopSender, &gHopRecipient) && benchOpenEnds(&gSender, &gRecipient);
	return isOpen ? PSA_SUCCESS : PSA_ERROR_GENERIC_ERROR;
}

static void closeBoth(void)
{
	recordClose(&gHopSender.direction);
	recordClose(&gSender.direction);
	recordClose(&gHopRecipient.direction);
	recordClose(&gRecipient.direction);
}

const BenchProgram gBenchTogether[] = {
	{ "batch", 64, 10, openBoth, plain, closeBoth },
	{ "batch.concise", 64, 10, openBoth, concise, closeBoth },
};
const size_t gBenchTogetherCount = sizeof(gBenchTogether) / sizeof(gBenchTogether[0]);
