// SPDX-License-Identifier: Apache-2.0

/*
 * The globals `native(name)` and `Native(destructorName)`. The Moddable SDK resolves them when it compiles;
 * here the bundle is parsed at run time, so that they are functions over a static table.
 */

#include "xsAll.h"
#include "host.h"
#include "natives.h"

/* The board's own. */
#include <natives-list.h>

typedef struct {
	const char *name;
	txCallback callback;
} NativeEntry;

typedef struct {
	const char *name;
	txDestructor destructor;
} DestructorEntry;

#define DECLARE_CALLBACK(name) extern void name(txMachine *the);
#define DECLARE_DESTRUCTOR(name) extern void name(void *data);
#define ENTRY(name) { #name, name },

PNE_NATIVES(DECLARE_CALLBACK)
PNE_DESTRUCTORS(DECLARE_DESTRUCTOR)

static const NativeEntry gNatives[] = { PNE_NATIVES(ENTRY) };
static const DestructorEntry gDestructors[] = { PNE_DESTRUCTORS(ENTRY) { NULL, NULL } };

#define NATIVE_COUNT (sizeof(gNatives) / sizeof(gNatives[0]))

/* Host functions made on first use and remembered for the life of the one machine. */
static txSlot gFunctions[NATIVE_COUNT];

static int compareName(const void *name, const void *entry)
{
	return strcmp(name, ((const NativeEntry *)entry)->name);
}

/* native(name): the C function of that name. */
static void hostNative(txMachine *the)
{
	txString name = fxToString(the, mxArgv(0));
	const NativeEntry *entry = bsearch(name, gNatives, NATIVE_COUNT, sizeof(NativeEntry), compareName);
	if (!entry)
		mxReferenceError("native: %s is not in this host", name);
	txSlot *function = &gFunctions[entry - gNatives];
	if (function->kind != XS_REFERENCE_KIND) {
		fxNewHostFunction(the, entry->callback, 0, XS_NO_ID, XS_NO_ID);
		function->kind = the->stack->kind;
		function->value = the->stack->value;
		fxRemember(the, function);
		mxPop();
	}
	mxResult->kind = function->kind;
	mxResult->value = function->value;
}

/* What `super()` of a class that extends Native(name) does: a host object with the class's prototype. */
static void constructHostObject(txMachine *the)
{
	mxPushSlot(mxTarget->kind == XS_UNDEFINED_KIND ? mxFunction : mxTarget);
	fxGetID(the, fxID(the, "prototype"));
	txSlot *prototype = fxToInstance(the, the->stack);
	mxPushSlot(mxFunction);
	fxGetID(the, fxID(the, "prototype"));
	txSlot *instance = fxNewHostInstance(the);
	instance->value.instance.prototype = prototype;
	mxPullSlot(mxResult);
	mxPop();
}

/* Native(name): a class to extend, whose instances carry C data released by that destructor. */
static void hostNativeClass(txMachine *the)
{
	txString name = fxToString(the, mxArgv(0));
	for (const DestructorEntry *entry = gDestructors; entry->name; entry++) {
		if (!strcmp(entry->name, name)) {
			fxNewHostObject(the, entry->destructor);
			fxNewHostConstructor(the, constructHostObject, 0, XS_NO_ID);
			mxPullSlot(mxResult);
			return;
		}
	}
	mxReferenceError("Native: %s is not in this host", name);
}

void nativesInstall(txMachine *the)
{
	fxNewHostFunction(the, hostNative, 1, XS_NO_ID, XS_NO_ID);
	globalSet(the, "native");
	fxNewHostFunction(the, hostNativeClass, 1, XS_NO_ID, XS_NO_ID);
	globalSet(the, "Native");
}
