// SPDX-License-Identifier: Apache-2.0

/* The Linux host: one XS machine, one bundle, one run loop. */

#include "xsAll.h"
#include "host.h"
#include "natives.h"

#include <signal.h>

#define USAGE \
	"usage: pne-host [--stack SLOTS] [--chunk-initial BYTES] [--chunk-incremental BYTES]\n" \
	"                [--heap-initial SLOTS] [--heap-incremental SLOTS] [--limit BYTES] BUNDLE\n" \
	"       pne-host --version"

HostOptions gOptions = {
	.stackCount = 1024,
	.chunkInitial = 78848,
	.chunkIncrement = 16384,
	.heapInitial = 4928,
	.heapIncrement = 512,
	.limitBytes = 4 * 1024 * 1024,
};

void hostFail(int status, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fflush(stdout);
	fputs("pne-host: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	_exit(status);
}

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

/*
 * Stack for the body of the bundle, which holds a slot for each of its declarations. On a device it has run
 * on the build machine (preload), so that it does not count against the device's stack.
 */
#define LOAD_STACK_SLOTS 4096

static txMachine *createMachine(void)
{
	txCreation creation = {
		.initialChunkSize = gOptions.chunkInitial,
		.incrementalChunkSize = gOptions.chunkIncrement,
		.initialHeapCount = gOptions.heapInitial,
		.incrementalHeapCount = gOptions.heapIncrement,
		.stackCount = gOptions.stackCount + LOAD_STACK_SLOTS,
		.initialKeyCount = 4096,
		.incrementalKeyCount = 1024,
		.nameModulo = 1993,
		.symbolModulo = 127,
		.parserBufferSize = 1024 * 1024,
		.parserTableModulo = 1993,
	};
	return fxCreateMachine(&creation, "pne", NULL, XS_NO_ID);
}

/* From here on the stack is as deep as --stack says. */
static void bundleLoaded(txMachine *the)
{
	the->stackBottom = the->stackTop - gOptions.stackCount;
}

static void bundleFailed(txMachine *the)
{
	mxException = *mxArgv(0);
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
}

static void importBundle(txMachine *the)
{
	txSlot *realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
	mxPushStringC((txString)gOptions.bundle);
#if XS_MAJOR_VERSION < 17
	fxRunImport(the, realm, XS_NO_ID);
#else
	mxPushUndefined();
	fxRunImport(the, realm, C_NULL);
#endif
	mxDub();
	fxGetID(the, fxID(the, "then"));
	mxCall();
	fxNewHostFunction(the, bundleLoaded, 1, XS_NO_ID, XS_NO_ID);
	fxNewHostFunction(the, bundleFailed, 1, XS_NO_ID, XS_NO_ID);
	mxRunCount(2);
	mxPop();
}

static void boot(txMachine *machine)
{
	txMachine *the = fxBeginHost(machine);
	mxTry(the) {
		nativesInstall(the);
		importBundle(the);
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
}

/* After every callback: promise jobs to the last one, then rejections that nobody handled. */
static void settle(void *machine)
{
	txMachine *the = machine;
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	fxCheckUnhandledRejections(the, 1);
}

int main(int argc, char **argv)
{
	parseOptions(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	txMachine *machine = createMachine();
	if (!machine)
		hostFail(exitMemoryFull, "no memory for the machine");
	boot(machine);
	loopRun(settle, machine);
	fflush(stdout);
	return exitDone;
}
