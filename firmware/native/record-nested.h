// SPDX-License-Identifier: Apache-2.0

/*
 * A record around a record, each behind a byte that says what it is: src/session/nested.ts. The outer one is made and the
 * inner one opened where the other lies. Bytes and reasons are those of one record after the other.
 */

#ifndef PNE_RECORD_NESTED_H
#define PNE_RECORD_NESTED_H

#include "record.h"

typedef struct {
	RecordSender *sender;
	uint8_t head;
} NestedSender;

/* Whether both can be made now of so many bytes. Two senders that are one cannot. */
bool nestedReady(NestedSender outer, NestedSender inner, size_t length);
size_t nestedLength(NestedSender outer, NestedSender inner, size_t length);
/* Makes both, and uses a number of each up. `output` overlaps no plaintext. */
RecordReason nestedSeal(NestedSender outer, NestedSender inner, const uint8_t *plaintext, size_t length, uint8_t *output);

/*
 * Opens the inner record in what the outer one held, behind its first byte, where it lies. `*plaintext` and `*length`
 * become what it held.
 */
RecordReason nestedOpen(RecordRecipient *inner, uint8_t *held, size_t heldLength, uint8_t **plaintext, size_t *length);

#endif
