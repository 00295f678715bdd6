// SPDX-License-Identifier: Apache-2.0

/* Moddable's `timer` and `time` modules. Milliseconds in, milliseconds out. */

#include "xsmc.h"
#include "host.h"

typedef struct {
	LoopTimer base;
	xsMachine *the;
	xsSlot self;
	xsSlot callback;
	int repeatMilliseconds;
	uint8_t scheduled;
	uint8_t firing;
	uint8_t cleared;
} Timer;

static void timerDestroy(void *data);
static void timerMark(xsMachine *the, void *data, xsMarkRoot markRoot);

static const xsHostHooks gTimerHooks = { timerDestroy, timerMark, NULL };

/* Runs when the object is collected, which `xsRemember` allows only once the timer is detached. */
static void timerDestroy(void *data)
{
	(void)data;
}

static void timerMark(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Timer *timer = data;
	if (timer)
		(*markRoot)(the, &timer->callback);
}

/* Lets go of the object; frees the record unless its callback is running. */
static void timerDetach(xsMachine *the, Timer *timer)
{
	if (!timer->cleared) {
		timer->cleared = 1;
		loopRemoveTimer(&timer->base);
		xsmcSetHostData(timer->self, NULL);
		xsForget(timer->self);
	}
	if (!timer->firing)
		free(timer);
}

static void timerStart(Timer *timer, int delayMilliseconds, int repeatMilliseconds)
{
	int64_t delay = delayMilliseconds > 0 ? delayMilliseconds : 0;
	timer->repeatMilliseconds = repeatMilliseconds > 0 ? repeatMilliseconds : 0;
	timer->scheduled = 1;
	loopAddTimer(&timer->base, hostMicroseconds() + delay * 1000);
}

static void timerFire(LoopTimer *base)
{
	Timer *timer = (Timer *)base;
	timer->scheduled = 0;
	timer->firing = 1;
	if (timer->repeatMilliseconds) {
		timer->scheduled = 1;
		loopAddTimer(base, base->due + (int64_t)timer->repeatMilliseconds * 1000);
	}
	xsBeginHost(timer->the);
	xsCallFunction1(timer->callback, xsGlobal, timer->self);
	xsEndHost(timer->the);
	timer->firing = 0;
	if (timer->cleared)
		free(timer);
	else if (!timer->scheduled)
		timerDetach(timer->the, timer);
}

static void timerCreate(xsMachine *the, int delayMilliseconds, int repeatMilliseconds)
{
	if (!xsmcIsCallable(xsArg(0)))
		xsUnknownError("timer: the callback is not a function");
	Timer *timer = calloc(1, sizeof(Timer));
	if (!timer)
		xsUnknownError("timer: no memory");
	timer->base.fire = timerFire;
	timer->the = the;
	timer->callback = xsArg(0);
	timer->self = xsNewHostObject(NULL);
	xsmcSetHostData(timer->self, timer);
	xsSetHostHooks(timer->self, (xsHostHooks *)&gTimerHooks);
	xsRemember(timer->self);
	timerStart(timer, delayMilliseconds, repeatMilliseconds);
	xsResult = timer->self;
}

static int millisecondsArgument(xsMachine *the, int index)
{
	return xsmcArgc > index ? xsmcToInteger(xsArg(index)) : 0;
}

void xs_timer_set(xsMachine *the)
{
	timerCreate(the, millisecondsArgument(the, 1), millisecondsArgument(the, 2));
}

void xs_timer_clear(xsMachine *the)
{
	if (xsmcArgc == 0 || xsmcTypeOf(xsArg(0)) != xsReferenceType)
		return;
	if (xsGetHostHooks(xsArg(0)) != &gTimerHooks)
		return;
	Timer *timer = xsmcGetHostData(xsArg(0));
	if (timer)
		timerDetach(the, timer);
}
