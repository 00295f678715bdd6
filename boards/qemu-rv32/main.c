// SPDX-License-Identifier: Apache-2.0

/* XS on a bare rv32imac: no operating system, output and exit status through semihosting. */

#include "clock.h"
#include "host.h"
#include "interrupts.h"
#include "preload.h"
#include "serial.h"
#include "trap.h"

#include <stddef.h>
#include <stdint.h>

/* Far beyond any uptime, and far from what overflows as ticks. */
#define NEVER (INT64_MAX / 1024)

/* Timers and serial ports can call back. What has arrived is read before timers can say that it has not. */
void loopRun(void (*settle)(void *machine), void *machine)
{
	settle(machine);
	while (serialIsOpen() || loopFirstTimer()) {
		if (serialRun(settle, machine))
			continue;
		const LoopTimer *timer = loopFirstTimer();
		clockSleepUntil(timer ? timer->due : NEVER);
		interruptsAcknowledge();
		loopRunTimers(settle, machine);
	}
}

int main(void)
{
	clockStart();
	trapStart();
	hostLoop(programLoad());
	return exitDone;
}
