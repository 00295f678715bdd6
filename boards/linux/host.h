// SPDX-License-Identifier: Apache-2.0

/* What the files of a host program share. Nothing here needs XS's headers. */

#ifndef PNE_HOST_H
#define PNE_HOST_H

#include <stdint.h>

/* Exit statuses. README's table of statuses follows this one. */
enum {
	exitDone = 0,
	exitUsage = 64,
	exitBundle = 66,
	exitException = 70,
	exitRejection = 71,
	exitStackOverflow = 72,
	exitMemoryFull = 73,
	exitKeysFull = 74,
	exitAbort = 75,
};

/* Fixed before the machine is created, on Linux by the command line. Sizes are bytes, counts are slots. */
typedef struct {
	int stackCount;
	/* Beside the stack, for the body of the bundle. */
	int loadStackCount;
	int chunkInitial;
	int chunkIncrement;
	int heapInitial;
	int heapIncrement;
	int64_t limitBytes;
	const char *bundle;
} HostOptions;

extern HostOptions gOptions;

/* Ends the process with one message on stderr. */
void hostFail(int status, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

/*
 * Stack for the body of the bundle, which holds a slot for each of its declarations. On a device it has run
 * on the build machine (preload), so that it does not count against the device's stack.
 */
#define LOAD_STACK_SLOTS 4096

/* Makes the machine and runs the body of the bundle. */
void *hostLoad(void);

/* Calls the default export of the bundle, where it has one, and then runs the loop to its end. */
void hostLoop(void *machine);

/* Monotonic microseconds. */
int64_t hostMicroseconds(void);

/* A timer in the run loop, embedded at the start of its owner's record. */
typedef struct LoopTimer {
	struct LoopTimer *next;
	int64_t due;
	uint64_t sequence;
	void (*fire)(struct LoopTimer *timer);
} LoopTimer;

void loopAddTimer(LoopTimer *timer, int64_t due);
void loopRemoveTimer(LoopTimer *timer);

/* The timer that is due first, NULL where there is none. */
const LoopTimer *loopFirstTimer(void);

/* Fires the timers that were due and set when the pass began, so that a 0 ms timer cannot starve the rest. */
void loopRunTimers(void (*settle)(void *machine), void *machine);

/* A descriptor in the run loop. `events` may be changed at any time and is read before each poll. */
typedef struct LoopWatch {
	int descriptor;
	short events;
	void (*ready)(struct LoopWatch *watch, short events);
} LoopWatch;

/* Returns 0 when all places are taken. */
int loopAddWatch(LoopWatch *watch);
void loopRemoveWatch(LoopWatch *watch);

/* Runs until nothing is left that could call back. `settle` runs after every callback. */
void loopRun(void (*settle)(void *machine), void *machine);

#endif
