// SPDX-License-Identifier: Apache-2.0

/* The way of a reading up and of its answers down (firmware/bench-reading.ts), between buffers that are there. */

#include "bench.h"
#include "bench-reading.h"
#include "record.h"

#include <string.h>

#define NO_LIMIT INT64_C(0x1FFFFFFFFFFFFF)

enum { ID = 100, VALUE_BYTES = 244, ROOM = 256 };
/* Channels (src/link/channel.ts), and a fragment that is first and last (src/link/fragment.ts). */
enum { HOP_RECORD = 2, END_TO_END_RECORD = 4, FIRST_AND_LAST = 0xc0, FRAGMENT_HEADER = 2 };

typedef struct {
	size_t length;
	uint8_t bytes[ROOM];
} Bytes;

const Reading gMeasuredReading = { 1234, 21.375, 48.5, "roof", true };
static RecordSender gHopSender;
static RecordSender gSender;
static RecordRecipient gHopRecipient;
static RecordRecipient gRecipient;
static uint16_t gNumber;
static Bytes gPayload, gMessage, gInner, gOuter, gValue, gPlain;
static Answer gAnswer;

static psa_status_t statusOf(bool isFine)
{
	return isFine ? PSA_SUCCESS : PSA_ERROR_GENERIC_ERROR;
}

bool benchOpenEnds(RecordSender *sender, RecordRecipient *recipient)
{
	static const uint8_t kid[] = { 1 };
	uint8_t key[16];
	uint8_t baseIv[AEAD_NONCE_MAX];
	benchFill(key, sizeof(key));
	benchFill(baseIv, sizeof(baseIv));
	RecordSetup setup = {
		.algorithm = 10,
		.key = key, .keyLength = sizeof(key),
		.baseIv = baseIv, .baseIvLength = sizeof(baseIv),
		.kid = kid, .kidLength = sizeof(kid),
		.maxMessage = 4096,
	};
	psa_status_t status = recordOpenSender(sender, &setup, 0, RECORD_NUMBERS_END);
	if (status == PSA_SUCCESS)
		status = recordOpenRecipient(recipient, &setup, -1, 0, 0, NO_LIMIT);
	recordReserve(sender, RECORD_NUMBERS_END);
	return status == PSA_SUCCESS;
}

/* A record behind the byte that says what it is. */
static bool protect(RecordSender *sender, int channel, const Bytes *plaintext, Bytes *message)
{
	message->length = 1 + recordLength(sender, plaintext->length);
	message->bytes[0] = (uint8_t)channel;
	return message->length <= ROOM &&
		recordProtect(sender, plaintext->bytes, plaintext->length, message->bytes + 1) == recordFine;
}

static bool unprotect(RecordRecipient *recipient, int channel, const uint8_t *message, size_t length, Bytes *plaintext)
{
	if (length < 2 || message[0] != channel)
		return false;
	recipient->highest = -1;
	recipient->seen = 0;
	return recordUnprotect(recipient, message + 1, length - 1, plaintext->bytes, &plaintext->length) == recordFine;
}

static psa_status_t toPayload(const BenchProgram *program)
{
	gPayload.length = readingPayload(&gMeasuredReading, gPayload.bytes, ROOM);
	return statusOf(gPayload.length == program->bytes);
}

static psa_status_t toMessage(const BenchProgram *program)
{
	(void)program;
	gMessage.length = readingMessage(ID, gPayload.bytes, gPayload.length, gMessage.bytes, ROOM);
	return statusOf(gMessage.length);
}

static psa_status_t toInner(const BenchProgram *program)
{
	(void)program;
	return statusOf(protect(&gSender, END_TO_END_RECORD, &gMessage, &gInner));
}

static psa_status_t toOuter(const BenchProgram *program)
{
	(void)program;
	return statusOf(protect(&gHopSender, HOP_RECORD, &gInner, &gOuter));
}

static psa_status_t toValue(const BenchProgram *program)
{
	(void)program;
	gValue.length = FRAGMENT_HEADER + gOuter.length;
	if (gValue.length > VALUE_BYTES)
		return PSA_ERROR_GENERIC_ERROR;
	gValue.bytes[0] = (uint8_t)(FIRST_AND_LAST | gNumber >> 8);
	gValue.bytes[1] = (uint8_t)gNumber;
	gNumber = (gNumber + 1) & 0x3fff;
	memcpy(gValue.bytes + FRAGMENT_HEADER, gOuter.bytes, gOuter.length);
	return PSA_SUCCESS;
}

static psa_status_t ofValue(const BenchProgram *program)
{
	(void)program;
	if (gValue.length <= FRAGMENT_HEADER || (gValue.bytes[0] & 0xc0) != FIRST_AND_LAST)
		return PSA_ERROR_GENERIC_ERROR;
	gOuter.length = gValue.length - FRAGMENT_HEADER;
	memcpy(gOuter.bytes, gValue.bytes + FRAGMENT_HEADER, gOuter.length);
	return PSA_SUCCESS;
}

static psa_status_t ofOuter(const BenchProgram *program)
{
	(void)program;
	return statusOf(unprotect(&gHopRecipient, HOP_RECORD, gOuter.bytes, gOuter.length, &gInner));
}

static psa_status_t ofInner(const BenchProgram *program)
{
	(void)program;
	return statusOf(unprotect(&gRecipient, END_TO_END_RECORD, gInner.bytes, gInner.length, &gPlain));
}

static psa_status_t ofReceipt(const BenchProgram *program)
{
	(void)program;
	return statusOf(readReceipt(gPlain.bytes, gPlain.length, &gAnswer) && gAnswer.id == ID);
}

static psa_status_t ofContent(const BenchProgram *program)
{
	(void)program;
	return statusOf(readContent(gPlain.bytes, gPlain.length, &gAnswer) && gAnswer.id == ID);
}

static psa_status_t ofPayload(const BenchProgram *program)
{
	(void)program;
	return statusOf(readInterval(&gAnswer) && gAnswer.interval == 1000);
}

typedef psa_status_t (*Step)(const BenchProgram *program);

static psa_status_t runSteps(const BenchProgram *program, const Step *steps, size_t count)
{
	psa_status_t status = PSA_SUCCESS;
	for (size_t i = 0; status == PSA_SUCCESS && i < count; i++)
		status = steps[i](program);
	return status;
}

#define ALL(name, ...) \
	static psa_status_t name(const BenchProgram *program) \
	{ \
		static const Step steps[] = { __VA_ARGS__ }; \
		return runSteps(program, steps, sizeof(steps) / sizeof(steps[0])); \
	}

ALL(toRecords, toInner, toOuter)
ALL(ofReceiptRecords, ofOuter, ofInner, ofReceipt)
ALL(ofContentRecords, ofOuter, ofInner, ofContent)
ALL(up, toPayload, toMessage, toInner, toOuter, toValue)
ALL(receipt, ofValue, ofOuter, ofInner, ofReceipt)
ALL(content, ofValue, ofOuter, ofInner, ofContent, ofPayload)

static bool openAll(void)
{
	memset(&gHopSender, 0, sizeof(gHopSender));
	memset(&gSender, 0, sizeof(gSender));
	memset(&gHopRecipient, 0, sizeof(gHopRecipient));
	memset(&gRecipient, 0, sizeof(gRecipient));
	return benchOpenEnds(&gHopSender, &gHopRecipient) && benchOpenEnds(&gSender, &gRecipient);
}

static psa_status_t openUp(const BenchProgram *program)
{
	return openAll() ? up(program) : PSA_ERROR_GENERIC_ERROR;
}

/* What the others would have sent. */
static psa_status_t openDown(const BenchProgram *program)
{
	static const Step steps[] = { toInner, toOuter, toValue };
	bool isContent = !strncmp(program->op, "content", 7);
	gMessage.length = isContent ? contentMessage(ID, 1000, gMessage.bytes, ROOM)
		: receiptMessage(ID, 0, gMessage.bytes, ROOM);
	gPlain = gMessage;
	if (!openAll() || gMessage.length != program->bytes)
		return PSA_ERROR_GENERIC_ERROR;
	if (isContent && ofContent(program) != PSA_SUCCESS)
		return PSA_ERROR_GENERIC_ERROR;
	return runSteps(program, steps, sizeof(steps) / sizeof(steps[0]));
}

static void closeAll(void)
{
	recordClose(&gHopSender.direction);
	recordClose(&gSender.direction);
	recordClose(&gHopRecipient.direction);
	recordClose(&gRecipient.direction);
}

#define UP(op, run) { op, 64, 10, openUp, run, closeAll }
#define DOWN(op, bytes, run) { op, bytes, 10, openDown, run, closeAll }

const BenchProgram gBenchReading[] = {
	UP("reading.payload", toPayload),
	UP("reading.message", toMessage),
	UP("reading.records", toRecords),
	UP("reading.values", toValue),
	UP("reading", up),
	DOWN("receipt.values", 5, ofValue),
	DOWN("receipt.message", 5, ofReceiptRecords),
	DOWN("receipt", 5, receipt),
	DOWN("content.values", 18, ofValue),
	DOWN("content.message", 18, ofContentRecords),
	DOWN("content.payload", 18, ofPayload),
	DOWN("content", 18, content),
};
const size_t gBenchReadingCount = sizeof(gBenchReading) / sizeof(gBenchReading[0]);
