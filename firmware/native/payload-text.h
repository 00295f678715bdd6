// SPDX-License-Identifier: Apache-2.0

/*
 * Text as the engine holds it: UTF-8 that ends in a zero, with C0 80 for U+0000, and where characters were put
 * together from surrogates, or with mxCESU8 all past U+FFFF, with three bytes for each half (src/bytes/utf8.ts).
 */

#ifndef PNE_PAYLOAD_TEXT_H
#define PNE_PAYLOAD_TEXT_H

#include "payload.h"

/* Bytes of a text, as the engine holds it and as UTF-8. Where both are the same it can be copied. */
typedef struct {
	size_t held;
	size_t length;
	bool isSame;
} PayloadText;

/* Refuses half a character. */
PayloadReason payloadMeasureText(const char *text, PayloadText *measured);
/* Writes a text with its head, while it is measured, if it is short and ASCII and there is room. Returns whether it did. */
bool payloadPutShortText(PayloadWriter *writer, const char *text);
/* Writes it as UTF-8. */
void payloadPutText(PayloadWriter *writer, const char *text, const PayloadText *measured);

/* How many bytes the engine needs for this UTF-8, without the zero. */
size_t payloadHeldLength(const uint8_t *bytes, size_t length);
/* Writes them, and the zero. */
void payloadHoldText(char *text, const uint8_t *bytes, size_t length);

#endif
