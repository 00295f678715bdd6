// SPDX-License-Identifier: Apache-2.0

/* XS on a bare rv32imac: no operating system, output and exit status through semihosting. */

#include "clock.h"
#include "host.h"

#include <stddef.h>

/* Nothing but timers can call back. */
void loopRun(void (*settle)(void *machine), void *machine)
{
	settle(machine);
	for (const LoopTimer *timer = loopFirstTimer(); timer; timer = loopFirstTimer()) {
		clockSleepUntil(timer->due);
		loopRunTimers(settle, machine);
	}
}

int main(void)
{
	clockStart();
	hostRun();
	return exitDone;
}
