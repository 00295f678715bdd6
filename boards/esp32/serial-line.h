// SPDX-License-Identifier: Apache-2.0

/*
 * A serial port over ESP-IDF's UART driver, for the task that runs XS. No part of XS.
 *
 * The driver's interrupt moves what comes into a buffer of LINE_RECEIVE_BYTES: at 115,200 baud it outlasts a callback
 * of 350 ms. It posts at most one message at a time to XS, whose queue holds ten for everything on the board. A message
 * that finds the queue full is made good by lineRun, which is called at an interval.
 */

#ifndef PNE_SERIAL_LINE_H
#define PNE_SERIAL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_RECEIVE_BYTES = 4096, LINE_TRANSMIT_BYTES = 256, LINE_READ_BYTES = 1024 };

typedef struct {
	int port;
	/* Pins. */
	int receive;
	int transmit;
	int baud;
} LineSettings;

typedef struct Line Line;

typedef struct {
	/* From the interrupt: has lineDeliver called by the task. 0 where it will be. */
	int (*post)(Line *line);
	/* So many bytes may be read now. */
	void (*onReadable)(Line *line, size_t bytes);
	/* So many bytes may be written now, told once for each write. */
	void (*onWritable)(Line *line, size_t bytes);
} LineEvents;

/* It lies where it is for as long as the board runs: a message may come when it is closed. */
struct Line {
	const LineEvents *events;
	int port;
	bool isOpen;
	/* Under the driver's lock: a message to lineDeliver is in the queue. */
	bool isPosted;
	/* Room came up that onWritable was not told of. */
	bool isWritableOwed;
	size_t written;
	uint8_t writeBytes[LINE_TRANSMIT_BYTES];
};

/* NULL where the chip has no such port. */
Line *lineOf(int port);

/* False where there is no such port, or it is open, or the driver does not take it. */
bool lineOpen(Line *line, const LineSettings *settings, const LineEvents *events);

/* Nothing is called for it afterwards. Safe from within its events, and to call twice. */
void lineClose(Line *line);

/* Tells what may be read and written. False where there is more to read than was read: it is to be called again soon. */
bool lineRun(Line *line);

/* For the message that was posted: as lineRun, and the next one may be posted. */
bool lineDeliver(Line *line);

/* Bytes that lineRead has. */
size_t lineReadable(const Line *line);

/* Returns how many bytes were read, `length` at most. */
size_t lineRead(Line *line, uint8_t *bytes, size_t length);

/* False where there is no room for all of them: nothing is written then. */
bool lineWrite(Line *line, const uint8_t *bytes, size_t length);

/* Bytes that lineWrite takes. */
size_t lineRoom(const Line *line);

#endif
