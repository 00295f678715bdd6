// SPDX-License-Identifier: Apache-2.0

/* The globals `trace`, which Moddable has, and `console`. */

#include "xsAll.h"
#include "natives.h"

void globalSet(txMachine *the, const char *name)
{
	mxPush(mxGlobal);
	fxSetID(the, fxID(the, (txString)name));
	mxPop();
}

/* Writes the arguments as console.log does, without formatting: strings joined by spaces, one line. */
static void writeLine(txMachine *the, FILE *file)
{
	for (int i = 0; i < mxArgc; i++) {
		if (i)
			fputc(' ', file);
		fputs(fxToString(the, mxArgv(i)), file);
	}
	fputc('\n', file);
}

static void consoleOut(txMachine *the)
{
	writeLine(the, stdout);
}

static void consoleError(txMachine *the)
{
	writeLine(the, stderr);
}

/* trace(text): Moddable's, without a line end. */
static void hostTrace(txMachine *the)
{
	fputs(fxToString(the, mxArgv(0)), stdout);
}

static void installConsole(txMachine *the)
{
	static const struct {
		const char *name;
		txCallback callback;
	} methods[] = {
		{ "debug", consoleOut }, { "error", consoleError }, { "info", consoleOut },
		{ "log", consoleOut }, { "warn", consoleError },
	};
	mxPush(mxObjectPrototype);
	fxNewObjectInstance(the);
	txSlot *console = the->stack;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		fxNewHostFunction(the, methods[i].callback, 0, XS_NO_ID, XS_NO_ID);
		mxPushSlot(console);
		fxSetID(the, fxID(the, (txString)methods[i].name));
		mxPop();
	}
	globalSet(the, "console");
}

void consoleInstall(txMachine *the)
{
	fxNewHostFunction(the, hostTrace, 1, XS_NO_ID, XS_NO_ID);
	globalSet(the, "trace");
	installConsole(the);
}
