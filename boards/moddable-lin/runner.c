// SPDX-License-Identifier: Apache-2.0

/*
 * Runs an image that `mcconfig -m -p lin` built, without a display.
 *
 *   runner path/to/mc.so
 *
 * The SDK's simulator draws a window around such an image; all the image asks of it is the screen record of
 * the SDK's own screen.h and a GLib main loop, which this program gives it. What the image traces goes to
 * stderr. An abort of the VM ends the process with status 70, after the image has traced its cause.
 */

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "screen.h"

static void onAbort(txScreen *screen, int status);
static void ignorePost(txScreen *screen, char *buffer, int size);
static void ignoreScreen(txScreen *screen);
static void ignoreStart(txScreen *screen, double interval);

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: runner path/to/mc.so\n");
		return EX_USAGE;
	}
	void *image = dlopen(argv[1], RTLD_NOW);
	if (!image) {
		fprintf(stderr, "runner: %s\n", dlerror());
		return EX_NOINPUT;
	}
	txScreenLaunchProc launch = (txScreenLaunchProc)dlsym(image, "fxScreenLaunch");
	if (!launch) {
		fprintf(stderr, "runner: not an image of mcconfig -p lin: %s\n", dlerror());
		return EX_DATAERR;
	}

	dup2(STDERR_FILENO, STDOUT_FILENO);
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* The SDK's TCP writes without MSG_NOSIGNAL: a peer that went away must be an error, not our end. */
	signal(SIGPIPE, SIG_IGN);

	txScreen screen = {
		.abort = onAbort,
		.bufferChanged = ignoreScreen,
		.formatChanged = ignoreScreen,
		.post = ignorePost,
		.start = ignoreStart,
		.stop = ignoreScreen,
		.width = 1,
		.height = 1,
	};
	mxCreateMutex(&screen.workersMutex);
	launch(&screen);
	if (!screen.machine) {
		fprintf(stderr, "runner: the image could not create its machine\n");
		return EX_SOFTWARE;
	}
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
	return EX_OK;
}

static void onAbort(txScreen *screen, int status)
{
	(void)screen;
	(void)status;
	exit(EX_SOFTWARE);
}

static void ignorePost(txScreen *screen, char *buffer, int size)
{
	(void)screen;
	(void)buffer;
	(void)size;
}

static void ignoreScreen(txScreen *screen)
{
	(void)screen;
}

/* The tick drives drawing and touch only: timers, promises and sockets are GLib sources of their own. */
static void ignoreStart(txScreen *screen, double interval)
{
	(void)screen;
	(void)interval;
}
