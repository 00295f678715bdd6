// SPDX-License-Identifier: Apache-2.0

/*
 * Records of RFC 8613 in their compressed form, as src/session makes and reads them: identical bytes, and identical
 * reasons in the same order. No part of XS. src/session is what to read for the why; here is the fast path.
 *
 * A caller that only wants records calls recordProtect and recordUnprotect. The steps that these consist of are
 * apart for one that has to allocate between them.
 */

#ifndef PNE_RECORD_H
#define PNE_RECORD_H

#include "aead.h"
#include "mac.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes. A window of as many numbers as its mask has bits. */
enum {
	RECORD_KID_MAX = 7,
	RECORD_CONTEXT_MAX = 16,
	RECORD_PARTIAL_IV_MAX = 5,
	RECORD_HEADER_MAX = 1 + RECORD_PARTIAL_IV_MAX + 1 + RECORD_CONTEXT_MAX + RECORD_KID_MAX,
	RECORD_AUTHENTICATED_MAX = 40,
	RECORD_WINDOW = 32,
};

/* The first number past the last one (RFC 8613 section 5). */
#define RECORD_NUMBERS_END ((uint64_t)1 << 40)

/* Reasons by their numbers in src/refusal.ts. */
typedef enum {
	recordFine = 0,
	recordTruncated = 10,
	recordTooLong = 17,
	recordBadArgument = 30,
	recordKeyWiped = 32,
	recordHeaderInvalid = 40,
	recordContextUnknown = 41,
	recordKidUnknown = 42,
	recordIntegrityFailure = 43,
	recordDecryptionFailure = 44,
	recordReplay = 45,
	recordSequenceExhausted = 46,
	recordKeyLimitReached = 47,
	recordFormNotAccepted = 48,
	recordTargetTooShort = 49,
	/* Not a refusal: the next number is not reserved yet. */
	recordUnreserved = 256,
	/* Not a refusal: the library failed. Nothing was sent or accepted. */
	recordFault = 257,
} RecordReason;

/* What one direction is made of. All is copied. Without a kid context that is NULL. A MAC has no base IV. */
typedef struct {
	int algorithm;
	const uint8_t *key;
	size_t keyLength;
	const uint8_t *baseIv;
	size_t baseIvLength;
	const uint8_t *kid;
	size_t kidLength;
	const uint8_t *context;
	size_t contextLength;
	/* Bytes of the longest plaintext. */
	size_t maxMessage;
} RecordSetup;

/* The Sender Context or the Recipient Context (RFC 8613 section 3.1). */
typedef struct {
	union {
		AeadKey aead;
		MacKey mac;
	} key;
	bool encrypts;
	bool closed;
	bool hasContext;
	uint8_t tagLength;
	uint8_t nonceLength;
	uint8_t kidLength;
	uint8_t contextLength;
	uint8_t kid[RECORD_KID_MAX];
	uint8_t context[RECORD_CONTEXT_MAX];
	uint8_t baseIv[AEAD_NONCE_MAX];
	/* The Enc_structure, or the MAC_structure before its payload, up to the Partial IV. */
	uint8_t authenticated[RECORD_AUTHENTICATED_MAX];
	uint8_t authenticatedLength;
	/* Where the head of external_aad is, and how long that is without the Partial IV. */
	uint8_t externalAadHead;
	uint8_t externalAadLength;
	size_t maxMessage;
} RecordDirection;

typedef struct {
	RecordDirection direction;
	/* Numbers from `next` to below `reserved` may be used, and none from `maxSealed` on. */
	uint64_t next;
	uint64_t reserved;
	uint64_t maxSealed;
} RecordSender;

typedef struct {
	RecordDirection direction;
	/* Highest accepted number, -1 before the first; bit i of `seen` says that highest - i was accepted. */
	int64_t highest;
	uint32_t seen;
	uint64_t failed;
	uint64_t maxFailed;
} RecordRecipient;

/* A record that was read. Nothing of it is verified. */
typedef struct {
	uint64_t sequence;
	size_t headerLength;
	size_t plaintextLength;
	uint8_t partialIvAt;
	uint8_t partialIvLength;
} RecordHeader;

/*
 * Makes a sender of zeros one that has reserved nothing. PSA_ERROR_INVALID_ARGUMENT where something is too long, or
 * past the last number. It is to be closed whatever the result.
 */
psa_status_t recordOpenSender(RecordSender *sender, const RecordSetup *setup, uint64_t first, uint64_t maxSealed);
/* Numbers below `upTo` may be used from now on, for they are stored as used. Never takes any back. */
void recordReserve(RecordSender *sender, uint64_t upTo);

/* Whether the next record can be made of so many bytes: recordFine, recordUnreserved, or why not. */
RecordReason recordReady(const RecordSender *sender, size_t length);
/* How long it will be. */
size_t recordLength(const RecordSender *sender, size_t length);
/*
 * Makes it, where recordReady says so, and uses a number up. `output`, recordLength bytes, overlaps no input, but the
 * plaintext may lie where its ciphertext will.
 */
RecordReason recordSeal(RecordSender *sender, const uint8_t *plaintext, size_t length, uint8_t *output);
/* All of it, into recordLength bytes. */
RecordReason recordProtect(RecordSender *sender, const uint8_t *plaintext, size_t length, uint8_t *output);

/* Makes a recipient of zeros one that has this window. As recordOpenSender. */
psa_status_t recordOpenRecipient(RecordRecipient *recipient, const RecordSetup *setup, int64_t highest,
	uint32_t seen, uint64_t failed, uint64_t maxFailed);

/* Reads a record and decides all that can be decided before its key is used. Changes nothing. */
RecordReason recordRead(const RecordRecipient *recipient, const uint8_t *record, size_t length, RecordHeader *header);
/*
 * Opens a record that was read, into plaintextLength bytes that overlap no input, or where its ciphertext lies; they
 * hold no plaintext where it fails. The window moves after the record is verified; a failure counts.
 */
RecordReason recordOpen(RecordRecipient *recipient, const uint8_t *record, const RecordHeader *header,
	uint8_t *output);
/* All of it. `output` has room for as many bytes as the record has. */
RecordReason recordUnprotect(RecordRecipient *recipient, const uint8_t *record, size_t length, uint8_t *output,
	size_t *plaintextLength);

/* Wipes key and IV. Counts stay; what is asked later is refused with recordKeyWiped. Safe to call twice. */
void recordClose(RecordDirection *direction);

#endif
