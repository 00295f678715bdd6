// SPDX-License-Identifier: Apache-2.0

/* A content of a group and back (firmware/bench-group.ts), between buffers that are there. */

#include "bench.h"
#include "bench-reading.h"
#include "record.h"

#include <string.h>

#define NO_LIMIT INT64_C(0x1FFFFFFFFFFFFF)

enum { ROOM = 256, HOP_RECORD = 2, GROUP_CONTENT = 5, EPOCH = 1, REFERENCE = 2 };

typedef struct {
	size_t length;
	uint8_t bytes[ROOM];
} Bytes;

static const Reading gReading = { 1234, 21.375, 48.5, "roof", true };
static RecordSender gSender, gHopSender;
static RecordRecipient gRecipient, gHopRecipient;
static Bytes gPayload, gContent, gOuter, gPlain;

static psa_status_t statusOf(bool isFine)
{
	return isFine ? PSA_SUCCESS : PSA_ERROR_GENERIC_ERROR;
}

static bool openEnds(RecordSender *sender, RecordRecipient *recipient)
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

static psa_status_t toPayload(const BenchProgram *program)
{
	gPayload.length = readingPayload(&gReading, gPayload.bytes, ROOM);
	return statusOf(gPayload.length == program->bytes);
}

/* The first byte of a record becomes that of a content (src/groups/content.ts), or comes in front of it. */
static psa_status_t seal(const BenchProgram *program)
{
	(void)program;
	uint8_t *record = gContent.bytes + 1;
	gContent.length = recordLength(&gSender, gPayload.length);
	if (gContent.length >= ROOM || recordProtect(&gSender, gPayload.bytes, gPayload.length, record) != recordFine)
		return PSA_ERROR_GENERIC_ERROR;
	uint8_t n = record[0] < 0x80 ? 1 : record[0] & 7;
	if (record[0] < 0x80)
		gContent.length += 1;
	else
		memmove(gContent.bytes, record, gContent.length);
	gContent.bytes[0] = (uint8_t)(n << 6 | EPOCH << 2 | REFERENCE);
	return PSA_SUCCESS;
}

static psa_status_t openContent(const BenchProgram *program)
{
	(void)program;
	uint8_t record[ROOM];
	uint8_t n = gContent.bytes[0] >> 6;
	bool isShort = n == 1 && gContent.bytes[1] < 0x80;
	if (gContent.length < 4 || (gContent.bytes[0] & 0x3f) != (EPOCH << 2 | REFERENCE))
		return PSA_ERROR_GENERIC_ERROR;
	size_t length = gContent.length - (isShort ? 1 : 0);
	memcpy(record, gContent.bytes + (isShort ? 1 : 0), length);
	if (!isShort)
		record[0] = (uint8_t)(0x80 | 1 << 3 | n);
	gRecipient.highest = -1;
	gRecipient.seen = 0;
	return statusOf(recordUnprotect(&gRecipient, record, length, gPlain.bytes, &gPlain.length) == recordFine);
}

static psa_status_t toHop(const BenchProgram *program)
{
	(void)program;
	Bytes message = { .length = 1 + gContent.length };
	message.bytes[0] = GROUP_CONTENT;
	memcpy(message.bytes + 1, gContent.bytes, gContent.length);
	gOuter.length = 1 + recordLength(&gHopSender, message.length);
	gOuter.bytes[0] = HOP_RECORD;
	return statusOf(gOuter.length <= ROOM &&
		recordProtect(&gHopSender, message.bytes, message.length, gOuter.bytes + 1) == recordFine);
}

static psa_status_t ofHop(const BenchProgram *program)
{
	(void)program;
	Bytes message;
	gHopRecipient.highest = -1;
	gHopRecipient.seen = 0;
	if (recordUnprotect(&gHopRecipient, gOuter.bytes + 1, gOuter.length - 1, message.bytes, &message.length) != recordFine)
		return PSA_ERROR_GENERIC_ERROR;
	gContent.length = message.length - 1;
	memcpy(gContent.bytes, message.bytes + 1, gContent.length);
	return statusOf(message.bytes[0] == GROUP_CONTENT);
}

static psa_status_t publish(const BenchProgram *program)
{
	psa_status_t status = toPayload(program);
	if (status == PSA_SUCCESS)
		status = seal(program);
	return status == PSA_SUCCESS ? toHop(program) : status;
}

/* Its payload is left as it is: bench-reading.c reads one of another shape. */
static psa_status_t receive(const BenchProgram *program)
{
	psa_status_t status = ofHop(program);
	return status == PSA_SUCCESS ? openContent(program) : status;
}

static psa_status_t openAll(const BenchProgram *program)
{
	memset(&gSender, 0, sizeof(gSender));
	memset(&gHopSender, 0, sizeof(gHopSender));
	memset(&gRecipient, 0, sizeof(gRecipient));
	memset(&gHopRecipient, 0, sizeof(gHopRecipient));
	if (!openEnds(&gSender, &gRecipient) || !openEnds(&gHopSender, &gHopRecipient))
		return PSA_ERROR_GENERIC_ERROR;
	return publish(program);
}

static void closeAll(void)
{
	recordClose(&gSender.direction);
	recordClose(&gHopSender.direction);
	recordClose(&gRecipient.direction);
	recordClose(&gHopRecipient.direction);
}

#define OF(op, run) { op, 64, 10, openAll, run, closeAll }

const BenchProgram gBenchGroup[] = {
	OF("group.seal", seal),
	OF("group.publish", publish),
	OF("group.open", openContent),
	OF("group.receive", receive),
};
const size_t gBenchGroupCount = sizeof(gBenchGroup) / sizeof(gBenchGroup[0]);
