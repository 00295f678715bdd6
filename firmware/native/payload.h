// SPDX-License-Identifier: Apache-2.0

/*
 * Application payloads as src/payload/compact.ts writes them and src/payload/scan.ts holds them to: identical bytes,
 * and identical reasons in the same order. No part of XS. src/payload is what to read for the why.
 */

#ifndef PNE_PAYLOAD_H
#define PNE_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The limits of src/limits.ts, PAYLOAD_MAX_WRITTEN being that of a ByteWriter: linkMaxMessageBytes. */
enum {
	PAYLOAD_MAX_DEPTH = 4,
	PAYLOAD_MAX_ITEMS = 256,
	PAYLOAD_MAX_TEXT = 1024,
	PAYLOAD_MAX_BYTES = 2048,
	PAYLOAD_MAX_WRITTEN = 8192,
	NAMES_MAX = 24,
	NAME_MAX_BYTES = 32,
	/* Of all names with their heads. */
	NAMES_ROOM = NAMES_MAX * (NAME_MAX_BYTES + 2),
};

/* The largest whole number n such that no other rounds to it: 2^53 - 1. */
#define PAYLOAD_MAX_SAFE UINT64_C(0x1fffffffffffff)

/* Reasons by their numbers in src/refusal.ts. */
typedef enum {
	payloadFine = 0,
	payloadTruncated = 10,
	payloadTrailingBytes = 11,
	payloadNotWellFormed = 12,
	payloadNotDeterministic = 13,
	payloadDuplicateKey = 14,
	payloadInvalidUtf8 = 15,
	payloadWrongType = 16,
	payloadTooLong = 17,
	payloadTooDeep = 18,
	payloadTooManyItems = 19,
} PayloadReason;

/* Major types, and what major type 7 means (RFC 8949 section 3). */
enum { majorUnsigned, majorNegative, majorBytes, majorText, majorArray, majorMap, majorTag, majorSimple };
enum { simpleFalse = 20, simpleTrue, simpleNull, simpleUndefined };
enum { infoOneByte = 24, infoTwoBytes, infoFourBytes, infoEightBytes };

/* Writes what there is room for, and counts what there is not. */
typedef struct {
	uint8_t *bytes;
	size_t room;
	size_t length;
} PayloadWriter;

void payloadPut(PayloadWriter *writer, const void *bytes, size_t length);
void payloadPutHead(PayloadWriter *writer, int major, uint64_t argument);
/* An integer where the value is one of up to 32 bits, else a float of 64 bits, but -0. */
void payloadPutNumber(PayloadWriter *writer, double value);

typedef struct {
	const uint8_t *bytes;
	size_t length;
	size_t at;
} PayloadReader;

typedef struct {
	int major;
	int info;
	/* Of a float: its bits. */
	uint64_t argument;
} PayloadHead;

/* Reads a head as HeadReader of src/cbor/head.ts does. */
PayloadReason payloadNext(PayloadReader *reader, PayloadHead *head);
bool payloadIsFloat(const PayloadHead *head);
double payloadFloat(const PayloadHead *head);
/* What no number holds exactly is refused. */
PayloadReason payloadInteger(const PayloadHead *head, double *value);

/* The names that a PNE has, as they are encoded in their message (src/payload/concise.ts). */
typedef struct {
	uint8_t *bytes;
	size_t length;
	size_t room;
	/* Of them, those with the lowest numbers that the peer knows. */
	size_t known;
	/* There are some now that were not there, or would be with more room. */
	bool hasMore;
} PayloadNames;

/*
 * Writes a payload with numbers for names and shorter floats, and adds names that are new as far as there is room. Returns
 * whether it has such a form; what was written is worth nothing else.
 */
bool payloadPutConcise(PayloadWriter *writer, const uint8_t *payload, size_t length, PayloadNames *names);
/* A float of 64 bits in its shortest form, by its bits. */
void payloadPutFloat(PayloadWriter *writer, uint64_t bits);

/* Refuses every payload but those of src/payload/scan.ts. What passes can be read without another check. */
PayloadReason payloadScan(const uint8_t *bytes, size_t length);

bool payloadIsUtf8(const uint8_t *bytes, size_t length);

#endif
