// SPDX-License-Identifier: Apache-2.0

#include "bench-ends.h"

#include <string.h>

#define NO_LIMIT INT64_C(0x1FFFFFFFFFFFFF)

bool benchOpenEnds(BenchEnds *ends, int algorithm)
{
	static const uint8_t kid[] = { 1 };
	uint8_t key[16];
	uint8_t baseIv[AEAD_NONCE_MAX];
	benchFill(key, sizeof(key));
	benchFill(baseIv, sizeof(baseIv));
	RecordSetup setup = {
		.algorithm = algorithm,
		.key = key, .keyLength = sizeof(key),
		.baseIv = baseIv, .baseIvLength = sizeof(baseIv),
		.kid = kid, .kidLength = sizeof(kid),
		.maxMessage = 4096,
	};
	memset(ends, 0, sizeof(*ends));
	psa_status_t status = recordOpenSender(&ends->sender, &setup, 0, RECORD_NUMBERS_END);
	if (status == PSA_SUCCESS)
		status = recordOpenRecipient(&ends->recipient, &setup, -1, 0, 0, NO_LIMIT);
	recordReserve(&ends->sender, RECORD_NUMBERS_END);
	return status == PSA_SUCCESS;
}

void benchCloseEnds(BenchEnds *ends)
{
	recordClose(&ends->sender.direction);
	recordClose(&ends->recipient.direction);
}

bool benchProtect(BenchEnds *ends, int channel, const BenchBytes *plaintext, BenchBytes *message)
{
	message->length = 1 + recordLength(&ends->sender, plaintext->length);
	message->bytes[0] = (uint8_t)channel;
	return message->length <= BENCH_ROOM &&
		recordProtect(&ends->sender, plaintext->bytes, plaintext->length, message->bytes + 1) == recordFine;
}

void benchForget(BenchEnds *ends)
{
	ends->recipient.highest = -1;
	ends->recipient.seen = 0;
}

bool benchUnprotect(BenchEnds *ends, int channel, const BenchBytes *message, BenchBytes *plaintext)
{
	if (message->length < 2 || message->bytes[0] != channel)
		return false;
	benchForget(ends);
	return recordUnprotect(&ends->recipient, message->bytes + 1, message->length - 1, plaintext->bytes,
		&plaintext->length) == recordFine;
}

psa_status_t benchStatus(bool isFine)
{
	return isFine ? PSA_SUCCESS : PSA_ERROR_GENERIC_ERROR;
}
