// SPDX-License-Identifier: Apache-2.0

/* A reading and what answers it, as a program in C has them: structs, and the bytes that JavaScript makes of them. */

#ifndef PNE_BENCH_READING_H
#define PNE_BENCH_READING_H

#include "payload.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The values of firmware/bench/reading.ts. */
typedef struct {
	int32_t index;
	double temperature;
	double humidity;
	const char *place;
	bool ok;
} Reading;

/* [2, id, status] and [3, id, payload { interval }]. The payload lies where it was received. */
typedef struct {
	uint64_t id;
	uint64_t status;
	const uint8_t *payload;
	size_t payloadLength;
	double interval;
} Answer;

/* What is measured. */
extern const Reading gMeasuredReading;

size_t readingPayload(const Reading *reading, uint8_t *output, size_t room);
/* The same behind those before it, with numbers for names and short floats. */
void putConciseReading(PayloadWriter *writer, const Reading *reading);
/* [1, id, payload] */
size_t readingMessage(uint64_t id, const uint8_t *payload, size_t length, uint8_t *output, size_t room);
size_t receiptMessage(uint64_t id, uint64_t status, uint8_t *output, size_t room);
size_t contentMessage(uint64_t id, double interval, uint8_t *output, size_t room);

/* Whether it is exactly such a message. */
bool readReceipt(const uint8_t *bytes, size_t length, Answer *answer);
bool readContent(const uint8_t *bytes, size_t length, Answer *answer);
/* Reads the payload of a content. */
bool readInterval(Answer *answer);

#endif
