// SPDX-License-Identifier: Apache-2.0

/* The Linux host's command line. */

#include "xsAll.h"
#include "host.h"

#include <signal.h>

#define USAGE \
	"usage: pne-host [--stack SLOTS] [--chunk-initial BYTES] [--chunk-incremental BYTES]\n" \
	"                [--heap-initial SLOTS] [--heap-incremental SLOTS] [--limit BYTES] BUNDLE\n" \
	"       pne-host --version"

HostOptions gOptions = {
	.stackCount = 1024,
	.loadStackCount = LOAD_STACK_SLOTS,
	.chunkInitial = 78848,
	.chunkIncrement = 16384,
	.heapInitial = 4928,
	.heapIncrement = 512,
	.limitBytes = 4 * 1024 * 1024,
};

static int countOption(const char *name, const char *value)
{
	char *end;
	long number = value ? strtol(value, &end, 10) : -1;
	if (number <= 0 || number > INT_MAX || *end)
		hostFail(exitUsage, "%s takes a number from 1 to %d\n" USAGE, name, INT_MAX);
	return (int)number;
}

static void setOption(const char *name, const char *value)
{
	int count = countOption(name, value);
	if (!strcmp(name, "--stack"))
		gOptions.stackCount = count;
	else if (!strcmp(name, "--chunk-initial"))
		gOptions.chunkInitial = count;
	else if (!strcmp(name, "--chunk-incremental"))
		gOptions.chunkIncrement = count;
	else if (!strcmp(name, "--heap-initial"))
		gOptions.heapInitial = count;
	else if (!strcmp(name, "--heap-incremental"))
		gOptions.heapIncrement = count;
	else if (!strcmp(name, "--limit"))
		gOptions.limitBytes = count;
	else
		hostFail(exitUsage, "unknown option %s\n" USAGE, name);
}

static void parseOptions(int argc, char **argv)
{
	int index = 1;
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("%d.%d.%d\n", XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION);
		exit(exitDone);
	}
	for (; index < argc && argv[index][0] == '-'; index += 2)
		setOption(argv[index], index + 1 < argc ? argv[index + 1] : NULL);
	if (index != argc - 1)
		hostFail(exitUsage, "one bundle\n" USAGE);
	gOptions.bundle = argv[index];
}

int main(int argc, char **argv)
{
	parseOptions(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	hostLoop(hostLoad());
	return exitDone;
}
