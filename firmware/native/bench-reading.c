// SPDX-License-Identifier: Apache-2.0

/* The way of a reading up and of its answers down (firmware/bench/reading.ts), between buffers that are there. */

#include "bench-ends.h"
#include "bench-reading.h"

#include <string.h>

enum { ID = 100, VALUE_BYTES = 244 };
/* A fragment that is first and last (src/link/fragment.ts). */
enum { FIRST_AND_LAST = 0xc0, FRAGMENT_HEADER = 2 };

const Reading gMeasuredReading = { 1234, 21.375, 48.5, "roof", true };
static BenchEnds gHop, gEndToEnd;
static uint16_t gNumber;
static BenchBytes gPayload, gMessage, gInner, gOuter, gValue, gPlain;
static Answer gAnswer;

static psa_status_t toPayload(const BenchProgram *program)
{
	gPayload.length = readingPayload(&gMeasuredReading, gPayload.bytes, BENCH_ROOM);
	return benchStatus(gPayload.length == program->bytes);
}

static psa_status_t toMessage(const BenchProgram *program)
{
	(void)program;
	gMessage.length = readingMessage(ID, gPayload.bytes, gPayload.length, gMessage.bytes, BENCH_ROOM);
	return benchStatus(gMessage.length);
}

static psa_status_t toInner(const BenchProgram *program)
{
	(void)program;
	return benchStatus(benchProtect(&gEndToEnd, END_TO_END_RECORD, &gMessage, &gInner));
}

static psa_status_t toOuter(const BenchProgram *program)
{
	(void)program;
	return benchStatus(benchProtect(&gHop, HOP_RECORD, &gInner, &gOuter));
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
	return benchStatus(benchUnprotect(&gHop, HOP_RECORD, &gOuter, &gInner));
}

static psa_status_t ofInner(const BenchProgram *program)
{
	(void)program;
	return benchStatus(benchUnprotect(&gEndToEnd, END_TO_END_RECORD, &gInner, &gPlain));
}

static psa_status_t ofReceipt(const BenchProgram *program)
{
	(void)program;
	return benchStatus(readReceipt(gPlain.bytes, gPlain.length, &gAnswer) && gAnswer.id == ID);
}

static psa_status_t ofContent(const BenchProgram *program)
{
	(void)program;
	return benchStatus(readContent(gPlain.bytes, gPlain.length, &gAnswer) && gAnswer.id == ID);
}

static psa_status_t ofPayload(const BenchProgram *program)
{
	(void)program;
	return benchStatus(readInterval(&gAnswer) && gAnswer.interval == 1000);
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

static bool openAll(const BenchProgram *program)
{
	return benchOpenEnds(&gHop, program->algorithm) && benchOpenEnds(&gEndToEnd, program->algorithm);
}

static psa_status_t openUp(const BenchProgram *program)
{
	return openAll(program) ? up(program) : PSA_ERROR_GENERIC_ERROR;
}

/* What the others would have sent. */
static psa_status_t openDown(const BenchProgram *program)
{
	static const Step steps[] = { toInner, toOuter, toValue };
	bool isContent = !strncmp(program->op, "content", 7);
	gMessage.length = isContent ? contentMessage(ID, 1000, gMessage.bytes, BENCH_ROOM)
		: receiptMessage(ID, 0, gMessage.bytes, BENCH_ROOM);
	gPlain = gMessage;
	if (!openAll(program) || gMessage.length != program->bytes)
		return PSA_ERROR_GENERIC_ERROR;
	if (isContent && ofContent(program) != PSA_SUCCESS)
		return PSA_ERROR_GENERIC_ERROR;
	return runSteps(program, steps, sizeof(steps) / sizeof(steps[0]));
}

static void closeAll(void)
{
	benchCloseEnds(&gHop);
	benchCloseEnds(&gEndToEnd);
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
