// SPDX-License-Identifier: Apache-2.0

/* Records as record-sender.c and record-recipient.c make and open them, between buffers that are there already. */

#include "bench-ends.h"

static BenchEnds gEnds;
static uint8_t gPlaintext[BENCH_MAX_BYTES];
static uint8_t gRecord[BENCH_MAX_BYTES + RECORD_HEADER_MAX + AEAD_TAG_MAX];
static uint8_t gOpened[sizeof(gRecord)];

static psa_status_t openBoth(const BenchProgram *program)
{
	benchFill(gPlaintext, sizeof(gPlaintext));
	return benchStatus(benchOpenEnds(&gEnds, program->algorithm));
}

static psa_status_t protect(const BenchProgram *program)
{
	return benchStatus(recordProtect(&gEnds.sender, gPlaintext, program->bytes, gRecord) == recordFine);
}

static psa_status_t openWithRecord(const BenchProgram *program)
{
	psa_status_t status = openBoth(program);
	return status == PSA_SUCCESS ? protect(program) : status;
}

/* One record, each time for the first time. */
static psa_status_t unprotect(const BenchProgram *program)
{
	size_t length;
	benchForget(&gEnds);
	return benchStatus(recordUnprotect(&gEnds.recipient, gRecord, recordLength(&gEnds.sender, program->bytes), gOpened,
		&length) == recordFine);
}

static void closeBoth(void)
{
	benchCloseEnds(&gEnds);
}

#define RECORD(bytes) \
	{ "record.protect", bytes, 10, openBoth, protect, closeBoth }, \
	{ "record.protectInto", bytes, 10, openBoth, protect, closeBoth }, \
	{ "record.unprotect", bytes, 10, openWithRecord, unprotect, closeBoth }

const BenchProgram gBenchRecords[] = { RECORD(64), RECORD(1024) };
const size_t gBenchRecordCount = sizeof(gBenchRecords) / sizeof(gBenchRecords[0]);
