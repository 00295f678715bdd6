// SPDX-License-Identifier: Apache-2.0

/* What record.c needs of record-direction.c. */

#ifndef PNE_RECORD_DIRECTION_H
#define PNE_RECORD_DIRECTION_H

#include "record.h"

psa_status_t directionOpen(RecordDirection *direction, const RecordSetup *setup);

/* Writes the body of a record: so many bytes and the tag. */
psa_status_t directionSeal(RecordDirection *direction, const uint8_t *partialIv, size_t partialIvLength,
	const uint8_t *plaintext, size_t length, uint8_t *body);

/* Opens a body of so many bytes and the tag. PSA_ERROR_INVALID_SIGNATURE where it does not verify. */
psa_status_t directionOpenBody(RecordDirection *direction, const uint8_t *partialIv, size_t partialIvLength,
	const uint8_t *body, size_t length, uint8_t *output);

#endif
