// SPDX-License-Identifier: Apache-2.0

/* A content of a group and back (firmware/bench/group.ts), between buffers that are there. */

#include "bench-ends.h"
#include "bench-reading.h"

#include <string.h>

enum { EPOCH = 1, REFERENCE = 2 };

static BenchEnds gGroup, gHop;
static BenchBytes gPayload, gContent, gMessage, gOuter, gPlain;

static psa_status_t toPayload(const BenchProgram *program)
{
	gPayload.length = readingPayload(&gMeasuredReading, gPayload.bytes, BENCH_ROOM);
	return benchStatus(gPayload.length == program->bytes);
}

/* The first byte of a record becomes that of a content (src/groups/content.ts), or comes in front of it. */
static psa_status_t seal(const BenchProgram *program)
{
	(void)program;
	uint8_t *record = gContent.bytes + 1;
	gContent.length = recordLength(&gGroup.sender, gPayload.length);
	if (gContent.length >= BENCH_ROOM || recordProtect(&gGroup.sender, gPayload.bytes, gPayload.length, record) != recordFine)
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
	uint8_t record[BENCH_ROOM];
	uint8_t n = gContent.bytes[0] >> 6;
	bool isShort = n == 1 && gContent.bytes[1] < 0x80;
	if (gContent.length < 4 || (gContent.bytes[0] & 0x3f) != (EPOCH << 2 | REFERENCE))
		return PSA_ERROR_GENERIC_ERROR;
	size_t length = gContent.length - (isShort ? 1 : 0);
	memcpy(record, gContent.bytes + (isShort ? 1 : 0), length);
	if (!isShort)
		record[0] = (uint8_t)(0x80 | 1 << 3 | n);
	benchForget(&gGroup);
	return benchStatus(recordUnprotect(&gGroup.recipient, record, length, gPlain.bytes, &gPlain.length) == recordFine);
}

static psa_status_t toHop(const BenchProgram *program)
{
	(void)program;
	gMessage.length = 1 + gContent.length;
	gMessage.bytes[0] = GROUP_CONTENT;
	memcpy(gMessage.bytes + 1, gContent.bytes, gContent.length);
	return benchStatus(benchProtect(&gHop, HOP_RECORD, &gMessage, &gOuter));
}

static psa_status_t ofHop(const BenchProgram *program)
{
	(void)program;
	if (!benchUnprotect(&gHop, HOP_RECORD, &gOuter, &gMessage) || gMessage.bytes[0] != GROUP_CONTENT)
		return PSA_ERROR_GENERIC_ERROR;
	gContent.length = gMessage.length - 1;
	memcpy(gContent.bytes, gMessage.bytes + 1, gContent.length);
	return PSA_SUCCESS;
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
	if (!benchOpenEnds(&gGroup, program->algorithm) || !benchOpenEnds(&gHop, program->algorithm))
		return PSA_ERROR_GENERIC_ERROR;
	return publish(program);
}

static void closeAll(void)
{
	benchCloseEnds(&gGroup);
	benchCloseEnds(&gHop);
}

#define OF(op, run) { op, 64, 10, openAll, run, closeAll }

const BenchProgram gBenchGroup[] = {
	OF("group.seal", seal),
	OF("group.publish", publish),
	OF("group.open", openContent),
	OF("group.receive", receive),
};
const size_t gBenchGroupCount = sizeof(gBenchGroup) / sizeof(gBenchGroup[0]);
