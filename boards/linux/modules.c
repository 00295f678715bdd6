// SPDX-License-Identifier: Apache-2.0

/* The module loader. There is one module: the bundle given on the command line. */

#include "xsAll.h"
#include "xsScript.h"
#include "host.h"
#include "machine.h"

txMachine *machineCreate(txCreation *creation)
{
	return fxCreateMachine(creation, "pne", NULL, XS_NO_ID);
}

static txScript *parseFile(txMachine *the, FILE *file, txString path)
{
	txParser parser;
	txParserJump jump;
	txScript *volatile script = NULL;
	fxInitializeParser(&parser, the, the->parserBufferSize, the->parserTableModulo);
	parser.firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser.path = fxNewParserSymbol(&parser, path);
		fxParserTree(&parser, file, (txGetter)fgetc, mxDebugFlag, NULL);
		fxParserHoist(&parser);
		fxParserBind(&parser);
		script = fxParserCode(&parser);
	}
	fxTerminateParser(&parser);
	return script;
}

txID fxFindModule(txMachine *the, txSlot *realm, txID referrer, txSlot *specifier)
{
	(void)realm;
	(void)referrer;
	txString name = fxToString(the, specifier);
	return c_strcmp(name, gOptions.bundle) ? XS_NO_ID : fxNewNameC(the, name);
}

void fxLoadModule(txMachine *the, txSlot *module, txID moduleID)
{
	FILE *file = fopen(gOptions.bundle, "r");
	if (!file)
		hostFail(exitBundle, "cannot read %s: %s", gOptions.bundle, strerror(errno));
	txScript *script = parseFile(the, file, (txString)gOptions.bundle);
	fclose(file);
	if (script)
		fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}
