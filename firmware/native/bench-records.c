// SPDX-License-Identifier: Apache-2.0

/* Records as record.c makes and opens them, between buffers that are there already. */

#include "bench.h"
#include "record.h"

#include <string.h>

#define NO_LIMIT INT64_C(0x1FFFFFFFFFFFFF)

static RecordSender gSender;
static RecordRecipient gRecipient;
static uint8_t gPlaintext[BENCH_MAX_BYTES];
static uint8_t gRecord[BENCH_MAX_BYTES + RECORD_HEADER_MAX + AEAD_TAG_MAX];
static uint8_t gOpened[sizeof(gRecord)];

static psa_status_t statusOf(RecordReason reason)
{
	return reason == recordFine ? PSA_SUCCESS : PSA_ERROR_GENERIC_ERROR;
}

static psa_status_t openBoth(const BenchProgram *program)
{
	static const uint8_t kid[] = { 1 };
	uint8_t key[16];
	uint8_t baseIv[AEAD_NONCE_MAX];
	benchFill(key, sizeof(key));
	benchFill(baseIv, sizeof(baseIv));
	benchFill(gPlaintext, sizeof(gPlaintext));
	RecordSetup setup = {
		.algorithm = program->algorithm,
		.key = key, .keyLength = sizeof(key),
		.baseIv = baseIv, .baseIvLength = sizeof(baseIv),
		.kid = kid, .kidLength = sizeof(kid),
		.maxMessage = BENCH_MAX_BYTES,
	};
	psa_status_t status = recordOpenSender(&gSender, &setup, 0, RECORD_NUMBERS_END);
	if (status == PSA_SUCCESS)
		status = recordOpenRecipient(&gRecipient, &setup, -1, 0, 0, NO_LIMIT);
	recordReserve(&gSender, RECORD_NUMBERS_END);
	return status;
}

static psa_status_t protect(const BenchProgram *program)
{
	return statusOf(recordProtect(&gSender, gPlaintext, program->bytes, gRecord));
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
	gRecipient.highest = -1;
	gRecipient.seen = 0;
	return statusOf(recordUnprotect(&gRecipient, gRecord, recordLength(&gSender, program->bytes), gOpened, &length));
}

static void closeBoth(void)
{
	recordClose(&gSender.direction);
	recordClose(&gRecipient.direction);
	memset(&gSender, 0, sizeof(gSender));
	memset(&gRecipient, 0, sizeof(gRecipient));
}

#define RECORD(bytes) \
	{ "record.protect", bytes, 10, openBoth, protect, closeBoth }, \
	{ "record.protectInto", bytes, 10, openBoth, protect, closeBoth }, \
	{ "record.unprotect", bytes, 10, openWithRecord, unprotect, closeBoth }

const BenchProgram gBenchRecords[] = { RECORD(64), RECORD(1024) };
const size_t gBenchRecordCount = sizeof(gBenchRecords) / sizeof(gBenchRecords[0]);
