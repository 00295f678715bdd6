// SPDX-License-Identifier: Apache-2.0

/* One XS machine, one bundle, one run loop: what every board whose host program is ours does. */

#include "xsAll.h"
#include "host.h"
#include "machine.h"
#include "natives.h"

static txMachine *createMachine(void)
{
	txCreation creation = {
		.initialChunkSize = gOptions.chunkInitial,
		.incrementalChunkSize = gOptions.chunkIncrement,
		.initialHeapCount = gOptions.heapInitial,
		.incrementalHeapCount = gOptions.heapIncrement,
		.stackCount = gOptions.stackCount + gOptions.loadStackCount,
		.initialKeyCount = 4096,
		.incrementalKeyCount = 1024,
		.nameModulo = 1993,
		.symbolModulo = 127,
		.parserBufferSize = 1024 * 1024,
		.parserTableModulo = 1993,
	};
	return machineCreate(&creation);
}

/* What the program starts with, as a property of the global object. */
#define START "$start"

/* From here on the stack is as deep as --stack says. */
static void bundleLoaded(txMachine *the)
{
	mxPushSlot(mxArgv(0));
	fxGetID(the, fxID(the, "default"));
	mxPush(mxGlobal);
	fxSetID(the, fxID(the, START));
	mxPop();
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
		consoleInstall(the);
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

void *hostLoad(void)
{
	txMachine *machine = createMachine();
	if (!machine)
		hostFail(exitMemoryFull, "no memory for the machine");
	boot(machine);
	settle(machine);
	return machine;
}

static void start(txMachine *machine)
{
	txMachine *the = fxBeginHost(machine);
	mxTry(the) {
		mxPush(mxGlobal);
		mxDub();
		fxGetID(the, fxID(the, START));
		if (fxIsCallable(the, the->stack)) {
			mxCall();
			mxRunCount(0);
		}
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
}

void hostLoop(void *machine)
{
	start(machine);
	loopRun(settle, machine);
	fflush(stdout);
}
