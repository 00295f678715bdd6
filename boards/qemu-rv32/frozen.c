// SPDX-License-Identifier: Apache-2.0

/*
 * The image as the SDK's linker, xsl, made it: built-ins, names and preloaded modules are tables in flash, of
 * which the machine starts as a clone. Every module that there is lies in flash too.
 */

#include "xsAll.h"
#include "xsScript.h"
#include "host.h"
#include "machine.h"
#include "natives.h"
#include "preload.h"
#include "trap.h"

/* What xsl writes (mc.xs.c). */
extern void *xsPreparationAndCreation(txCreation **creation);

/* The tables of names have the sizes that they have in flash; keys are for names that first come up here. */
txMachine *machineCreate(txCreation *creation)
{
	txPreparation *preparation = xsPreparationAndCreation(NULL);
	creation->initialKeyCount = preparation->creation.initialKeyCount;
	creation->nameModulo = preparation->nameModulo;
	creation->symbolModulo = preparation->symbolModulo;
	return fxPrepareMachine(creation, preparation, "pne", NULL, NULL);
}

/* A preloaded bundle has run already. */
void *programLoad(void)
{
	trapFlashWrites();
	return hostLoad();
}

/* They are there. */
void fxBuildKeys(txMachine *the)
{
	(void)the;
}

/* As are the C functions that modules name, and no others. */
void nativesInstall(txMachine *the)
{
	(void)the;
}

static txScript *findScript(txMachine *the, const char *path)
{
	txPreparation *preparation = the->preparation;
	for (txInteger i = 0; i < preparation->scriptCount; i++) {
		if (!c_strcmp(preparation->scripts[i].path, path))
			return &preparation->scripts[i];
	}
	return NULL;
}

txID fxFindModule(txMachine *the, txSlot *realm, txID referrer, txSlot *specifier)
{
	(void)realm;
	(void)referrer;
	txString name = fxToString(the, specifier);
	return findScript(the, name) ? fxNewNameC(the, name) : XS_NO_ID;
}

void fxLoadModule(txMachine *the, txSlot *module, txID moduleID)
{
	txScript *script = findScript(the, fxGetKeyName(the, moduleID));
	if (script)
		fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}
