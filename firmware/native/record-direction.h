// SPDX-License-Identifier: Apache-2.0

/* What both ends of a direction need: record-sender.c and record-recipient.c. */

#ifndef PNE_RECORD_DIRECTION_H
#define PNE_RECORD_DIRECTION_H

#include "record.h"

/* Bits of the first byte of a header. */
enum { EXTENDED = 0x80, CONTEXT_PRESENT = 0x40 };

psa_status_t directionOpen(RecordDirection *direction, const RecordSetup *setup);

/* Writes the body of a record: so many bytes and the tag. */
psa_status_t directionSeal(RecordDirection *direction, const uint8_t *partialIv, size_t partialIvLength,
	const uint8_t *plaintext, size_t length, uint8_t *body);

/* Opens a body of so many bytes and the tag. PSA_ERROR_INVALID_SIGNATURE where it does not verify. */
psa_status_t directionOpenBody(RecordDirection *direction, const uint8_t *partialIv, size_t partialIvLength,
	const uint8_t *body, size_t length, uint8_t *output);

#endif
