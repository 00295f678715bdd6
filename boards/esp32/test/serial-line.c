// SPDX-License-Identifier: Apache-2.0

/*
 * A program for serial-line.c: readings go both ways at once over uart-driver.c, in bursts, while XS is slow now and then
 * and others fill its queue. Prints `readings in, readings out, most messages of the line in the queue, posts that found
 * it full`, and ends with a status of its own where something is lost, out of order or used when it is closed.
 *
 *     serial-line READINGS
 */

#include "../serial-line.h"
#include "uart-driver.h"

#include "driver/uart.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of XS on ESP32. What is no line's is another's. */
enum { QUEUE = 10, READING_BYTES = 61, POLL = 40, SLOW_STEPS = 60 };

static Line *gQueue[QUEUE];
static int gQueued, gPosted, gMostPosted, gRefused;
/* Readings, and how far the next one has come. */
static unsigned gReadings, gIn, gOut, gInAt, gOutAt, gPeerIn, gPeerAt, gSentIn, gSentAt;
static size_t gAllowed;
static int gIsSilent, gClosesInReadable, gCalls;

/* Byte `at` of reading `index`: each differs from its neighbours. */
static uint8_t byteOf(unsigned index, unsigned at)
{
	return (uint8_t)(index * 31 + at * 7 + (index >> 8));
}

static int post(Line *line)
{
	if (gQueued == QUEUE) {
		gRefused++;
		return -1;
	}
	gQueue[gQueued++] = line;
	if (line && ++gPosted > gMostPosted)
		gMostPosted = gPosted;
	return 0;
}

/* The other end: sends readings in bursts, and takes what comes. */
static void wire(void)
{
	for (uint32_t burst = gIsSilent || drawn(4) > 0 ? 0 : drawn(60); burst > 0 && gSentIn < gReadings; burst--) {
		wireIn(byteOf(gSentIn, gSentAt));
		gSentIn += ++gSentAt == READING_BYTES;
		gSentAt %= READING_BYTES;
	}
	for (uint32_t burst = drawn(60); burst > 0; burst--) {
		int byte = wireOut();
		if (byte < 0)
			break;
		assert(byte == byteOf(gPeerIn, gPeerAt));
		gPeerIn += ++gPeerAt == READING_BYTES;
		gPeerAt %= READING_BYTES;
	}
	if (drawn(8) == 0)
		post(NULL);
}

static void readAll(Line *line)
{
	uint8_t bytes[LINE_READ_BYTES];
	size_t count = lineRead(line, bytes, drawn(3) ? sizeof(bytes) : 1 + drawn(100));
	for (size_t i = 0; i < count; i++) {
		assert(bytes[i] == byteOf(gIn, gInAt));
		gIn += ++gInAt == READING_BYTES;
		gInAt %= READING_BYTES;
	}
}

/* In pieces, as frames are, and never more than was allowed. */
static void writeSome(Line *line)
{
	while (gAllowed > 0 && gOut < gReadings) {
		uint8_t bytes[READING_BYTES];
		size_t count = 0;
		while (count < gAllowed && gOut < gReadings && count < sizeof(bytes)) {
			bytes[count++] = byteOf(gOut, gOutAt);
			gOut += ++gOutAt == READING_BYTES;
			gOutAt %= READING_BYTES;
		}
		gAllowed -= count;
		assert(lineWrite(line, bytes, count));
	}
}

static void readable(Line *line, size_t bytes)
{
	gCalls++;
	assert(line->isOpen && bytes > 0);
	if (gClosesInReadable) {
		lineClose(line);
		lineClose(line);
		return;
	}
	if (drawn(20) == 0)
		wireRun(SLOW_STEPS);
	readAll(line);
}

static void writable(Line *line, size_t bytes)
{
	gCalls++;
	assert(line->isOpen && bytes > 0);
	gAllowed = bytes;
	writeSome(line);
}

static const LineEvents gEvents = { post, readable, writable };
static const LineSettings gSettings = { .port = 1, .receive = 4, .transmit = 5, .baud = 115200 };

/* XS takes a message, and every POLL steps the timer comes. */
static void step(Line *line, unsigned count)
{
	bool isDone = true;
	if (gQueued > 0) {
		Line *next = gQueue[0];
		memmove(gQueue, gQueue + 1, (size_t)--gQueued * sizeof(gQueue[0]));
		if (next) {
			gPosted--;
			isDone = lineDeliver(next);
		}
	}
	if (!isDone || count % POLL == 0)
		lineRun(line);
	wireRun(1);
}

static void testReadings(Line *line)
{
	assert(lineOpen(line, &gSettings, &gEvents));
	unsigned count = 0;
	for (; gIn < gReadings || gPeerIn < gReadings; count++) {
		assert(count < 4000 * gReadings);
		step(line, count);
	}
	assert(wireLost() == 0);
}

static void testRefusals(Line *line)
{
	LineSettings settings = gSettings;
	uint8_t bytes[LINE_TRANSMIT_BYTES + 1] = { 0 };
	assert(lineOf(-1) == NULL && lineOf(UART_NUM_MAX) == NULL);
	assert(!lineOpen(line, &gSettings, &gEvents));
	assert(!lineWrite(line, bytes, sizeof(bytes)));
	assert(lineRoom(line) == LINE_TRANSMIT_BYTES);
	lineClose(line);
	settings.baud = 0;
	assert(!lineOpen(line, &settings, &gEvents) && !uart_is_driver_installed(1));
	settings.port = 0;
	assert(!lineOpen(line, &settings, &gEvents));
	assert(!lineOpen(lineOf(0), &settings, &gEvents));
}

/* What is in the queue when it closes finds it closed, or open anew. */
static void testClosing(Line *line)
{
	gIsSilent = 1;
	gQueued = 0;
	lineDeliver(line);
	gPosted = 0;
	assert(lineOpen(line, &gSettings, &gEvents));
	wireIn(0);
	wireRun(8);
	assert(gPosted == 1);
	gClosesInReadable = 1;
	gCalls = 0;
	assert(lineDeliver(line) && gCalls == 1 && !line->isOpen);
	assert(lineDeliver(line) && lineRun(line) && gCalls == 1);
	gClosesInReadable = 0;
	gReadings = gIn = gInAt = gOut = 0;
	assert(lineOpen(line, &gSettings, &gEvents));
	gAllowed = 0;
	lineRun(line);
	assert(gAllowed == LINE_TRANSMIT_BYTES);
	lineClose(line);
}

/* Who does not read for too long loses bytes, and hears what comes after. */
static void testOverflow(Line *line)
{
	assert(lineOpen(line, &gSettings, &gEvents));
	for (int i = 0; i < LINE_RECEIVE_BYTES + 1000; i++) {
		wireIn(0);
		wireRun(1);
	}
	assert(wireLost() > 0);
	uint8_t bytes[LINE_READ_BYTES];
	size_t count = 0;
	for (size_t read = 1; read > 0; count += read)
		read = lineRead(line, bytes, sizeof(bytes));
	wireRun(8);
	assert(count > LINE_RECEIVE_BYTES - 128);
	while (lineRead(line, bytes, sizeof(bytes)) > 0)
		wireRun(8);
	wireIn(42);
	wireRun(8);
	assert(lineRead(line, bytes, 1) == 1 && bytes[0] == 42);
	lineClose(line);
}

int main(int argc, char **argv)
{
	gReadings = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	gWire = wire;
	Line *line = lineOf(1);
	unsigned readings = gReadings;
	testReadings(line);
	printf("%u %u %d %d\n", gIn, gPeerIn, gMostPosted, gRefused > 0);
	assert(gIn == readings && gPeerIn == readings);
	testRefusals(line);
	testClosing(line);
	testOverflow(line);
	return 0;
}
