// SPDX-License-Identifier: Apache-2.0

/* The bundle as compile/ made it: its names and its one module. For the engine from npm, which has no linker. */

#include "xsAll.h"
#include "xsScript.h"
#include "host.h"
#include "image.h"
#include "machine.h"

/* Nothing can be added to what literals inherit, before it is frozen too: compile/ has them assigned, not defined. */
static void closePrototypes(txMachine *the)
{
	mxObjectPrototype.value.reference->flag |= XS_DONT_PATCH_FLAG;
	mxArrayPrototype.value.reference->flag |= XS_DONT_PATCH_FLAG;
}

txMachine *machineCreate(txCreation *creation)
{
	txMachine *machine = fxCreateMachine(creation, "pne", NULL, XS_NO_ID);
	if (machine && gIsPreloaded)
		closePrototypes(machine);
	return machine;
}

/* The engine's names first, then the bundle's: the compiler counted on it. */
void fxBuildKeys(txMachine *the)
{
	for (int i = 0; i < XS_SYMBOL_ID_COUNT; i++) {
		txSlot *description = fxNewSlot(the);
		fxCopyStringC(the, description, gxIDStrings[i]);
		the->keyArray[the->keyIndex++] = description;
	}
	for (int i = XS_SYMBOL_ID_COUNT; i < XS_ID_COUNT; i++)
		fxNewNameX(the, (txString)gxIDStrings[i]);
	const char *name = gBundleNames;
	for (unsigned i = 0; i < gBundleNameCount; i++) {
		if (fxNewNameX(the, (txString)name) != XS_ID_COUNT + i)
			hostFail(exitBundle, "%s has another id than the compiler gave it; compile the bundle again", name);
		name += strlen(name) + 1;
	}
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
	txScript script = {
		.codeBuffer = (txByte *)gBundleCode,
		.codeSize = (txSize)gBundleCodeSize,
		.path = (txString)gOptions.bundle,
		.version = { XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION, 0 },
	};
	fxResolveModule(the, module, moduleID, &script, C_NULL, C_NULL);
}
