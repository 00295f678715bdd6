// SPDX-License-Identifier: Apache-2.0

/* What eval, Function and the debugger would need. */

#include "xsAll.h"
#include "xsScript.h"

txScript *fxParseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags)
{
	(void)stream;
	(void)getter;
	(void)flags;
	mxSyntaxError("this board has no parser");
	return NULL;
}
