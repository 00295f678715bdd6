// SPDX-License-Identifier: Apache-2.0

/* The one way out when XS gives up, on every board whose host program is ours: a message and a status. */

#include "xsAll.h"
#include "host.h"

#include <unistd.h>

#if XS_MAJOR_VERSION < 17
#define XS_JAVASCRIPT_STACK_OVERFLOW_EXIT XS_STACK_OVERFLOW_EXIT
#endif

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

/* Prints a copy of the uncaught value as a string; `fxToString` converts in place. */
static void printException(txMachine *the, const char *cause)
{
	mxPush(mxException);
	fprintf(stderr, "pne-host: %s: %s\n", cause, fxToString(the, the->stack));
	mxPop();
}

/* Prints where an error came from: the lines of its stack after the first, which is its message. */
static void printStack(txMachine *the)
{
	if (mxException.kind != XS_REFERENCE_KIND)
		return;
	mxPush(mxException);
	fxGetID(the, fxID(the, "stack"));
	if (the->stack->kind != XS_UNDEFINED_KIND) {
		const char *lines = strchr(fxToString(the, the->stack), '\n');
		if (lines)
			fprintf(stderr, "%s\n", lines + 1);
	}
	mxPop();
}

/* Needs a frame of its own: the current one may still be the function that threw. */
static void failException(txMachine *machine, const char *cause, int status)
{
	fflush(stdout);
	txMachine *the = fxBeginHost(machine);
	mxTry(the) {
		printException(the, cause);
		printStack(the);
	}
	mxCatch(the) {
		fprintf(stderr, "pne-host: %s: a value that has no string\n", cause);
	}
	_exit(status);
}

void fxAbort(txMachine *the, int status)
{
	switch (status) {
	case XS_JAVASCRIPT_STACK_OVERFLOW_EXIT:
		hostFail(exitStackOverflow, "XS stack overflow (%d slots); bound the recursion or raise the stack",
			gOptions.stackCount);
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		hostFail(exitMemoryFull, "XS memory full (%lld of %lld bytes reserved); keep less or raise the limit",
			(long long)the->reservedBytes, (long long)gOptions.limitBytes);
	case XS_NO_MORE_KEYS_EXIT:
		hostFail(exitKeysFull, "XS has no more keys; use fewer distinct property names");
	case XS_DEAD_STRIP_EXIT:
		hostFail(exitAbort, "XS needs a built-in that its linker left out; name it where it is used");
	case XS_UNHANDLED_EXCEPTION_EXIT:
		failException(the, "uncaught exception", exitException);
		break;
	case XS_UNHANDLED_REJECTION_EXIT:
		failException(the, "unhandled promise rejection", exitRejection);
		break;
#if XS_MAJOR_VERSION >= 17
	case XS_NATIVE_STACK_OVERFLOW_EXIT:
		hostFail(exitStackOverflow, "native stack overflow; bound the recursion");
#endif
	default:
		hostFail(exitAbort, "XS aborted (status %d)", status);
	}
}
