// SPDX-License-Identifier: Apache-2.0

/*
 * Loaded into the host by LD_PRELOAD: ends the process at once before the PNE_KILL_AT-th call that changes a file, in the
 * middle of it where that is a write.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int gCalls;

/* What was said is said, whenever it ends. */
__attribute__((constructor)) static void speakAtOnce(void)
{
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

static int isDue(void)
{
	const char *at = getenv("PNE_KILL_AT");
	return at && gCalls++ == atoi(at);
}

static void dieIfDue(void)
{
	if (isDue())
		raise(SIGKILL);
}

/* What goes to a terminal or a pipe changes no file. */
ssize_t write(int file, const void *bytes, size_t length)
{
	ssize_t (*next)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
	struct stat status;
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && isDue()) {
		next(file, bytes, length / 2);
		raise(SIGKILL);
	}
	return next(file, bytes, length);
}

int fsync(int file)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	dieIfDue();
	return next(file);
}

int rename(const char *from, const char *to)
{
	int (*next)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
	dieIfDue();
	return next(from, to);
}

int unlink(const char *path)
{
	int (*next)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
	dieIfDue();
	return next(path);
}
