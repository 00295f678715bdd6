// SPDX-License-Identifier: Apache-2.0

/* The timers of a run loop, in order of their due time. */

#include "host.h"

#include <stddef.h>

static LoopTimer *gTimers = NULL;
static uint64_t gSequence = 0;

void loopAddTimer(LoopTimer *timer, int64_t due)
{
	LoopTimer **address = &gTimers;
	while (*address && (*address)->due <= due)
		address = &(*address)->next;
	timer->due = due;
	timer->sequence = gSequence++;
	timer->next = *address;
	*address = timer;
}

void loopRemoveTimer(LoopTimer *timer)
{
	for (LoopTimer **address = &gTimers; *address; address = &(*address)->next) {
		if (*address == timer) {
			*address = timer->next;
			return;
		}
	}
}

const LoopTimer *loopFirstTimer(void)
{
	return gTimers;
}

void loopRunTimers(void (*settle)(void *machine), void *machine)
{
	int64_t now = hostMicroseconds();
	uint64_t limit = gSequence;
	for (;;) {
		LoopTimer *timer = gTimers;
		while (timer && timer->due <= now && timer->sequence >= limit)
			timer = timer->next;
		if (!timer || timer->due > now)
			return;
		loopRemoveTimer(timer);
		timer->fire(timer);
		settle(machine);
	}
}
