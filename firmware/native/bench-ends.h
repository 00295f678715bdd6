// SPDX-License-Identifier: Apache-2.0

/* Both ends of an interface, and messages between buffers that are there. */

#ifndef PNE_BENCH_ENDS_H
#define PNE_BENCH_ENDS_H

#include "bench.h"
#include "record.h"

#include <stdbool.h>

enum { BENCH_ROOM = 1280 };
/* Channels (src/link/channel.ts). */
enum { HOP_RECORD = 2, END_TO_END_RECORD = 4, GROUP_CONTENT = 5 };

typedef struct {
	size_t length;
	uint8_t bytes[BENCH_ROOM];
} BenchBytes;

typedef struct {
	RecordSender sender;
	RecordRecipient recipient;
} BenchEnds;

/* Anew, by keys that are the same each time. To be closed whatever the result. */
bool benchOpenEnds(BenchEnds *ends, int algorithm);
void benchCloseEnds(BenchEnds *ends);

/* A record behind the byte that says what it is. False where it does not fit. */
bool benchProtect(BenchEnds *ends, int channel, const BenchBytes *plaintext, BenchBytes *message);
/* Takes the same record again and again. */
bool benchUnprotect(BenchEnds *ends, int channel, const BenchBytes *message, BenchBytes *plaintext);
/* The record that came last counts as new. */
void benchForget(BenchEnds *ends);

psa_status_t benchStatus(bool isFine);

#endif
