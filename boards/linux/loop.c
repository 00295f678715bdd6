// SPDX-License-Identifier: Apache-2.0

/* The run loop: timers, and descriptors through poll. */

#include "../../firmware/native/bench-clock.h"
#include "host.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

#define MAX_WATCHES 16

static LoopWatch *gWatches[MAX_WATCHES];

int64_t hostMicroseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t hostBenchClock(void)
{
	return hostMicroseconds();
}

BenchUnit hostBenchUnit(void)
{
	return (BenchUnit){ "us", 1 };
}

int loopAddWatch(LoopWatch *watch)
{
	for (int i = 0; i < MAX_WATCHES; i++) {
		if (!gWatches[i]) {
			gWatches[i] = watch;
			return 1;
		}
	}
	return 0;
}

void loopRemoveWatch(LoopWatch *watch)
{
	for (int i = 0; i < MAX_WATCHES; i++) {
		if (gWatches[i] == watch)
			gWatches[i] = NULL;
	}
}

static int timeoutMilliseconds(void)
{
	const LoopTimer *first = loopFirstTimer();
	if (!first)
		return -1;
	int64_t wait = first->due - hostMicroseconds();
	if (wait <= 0)
		return 0;
	return wait > 3600000000 ? 3600000 : (int)((wait + 999) / 1000);
}

/* Polls the watches. Returns 0 when there is neither a watch nor a timer. */
static int pollOnce(void (*settle)(void *machine), void *machine)
{
	struct pollfd polls[MAX_WATCHES];
	int count = 0;
	for (int i = 0; i < MAX_WATCHES; i++) {
		polls[i].fd = gWatches[i] ? gWatches[i]->descriptor : -1;
		polls[i].events = gWatches[i] ? gWatches[i]->events : 0;
		polls[i].revents = 0;
		count += gWatches[i] != NULL;
	}
	if (!count && !loopFirstTimer())
		return 0;
	if (poll(polls, MAX_WATCHES, timeoutMilliseconds()) < 0)
		return errno == EINTR;
	for (int i = 0; i < MAX_WATCHES; i++) {
		if (polls[i].revents && gWatches[i] && gWatches[i]->descriptor == polls[i].fd) {
			gWatches[i]->ready(gWatches[i], polls[i].revents);
			settle(machine);
		}
	}
	return 1;
}

void loopRun(void (*settle)(void *machine), void *machine)
{
	do {
		settle(machine);
		loopRunTimers(settle, machine);
	} while (pollOnce(settle, machine));
}
