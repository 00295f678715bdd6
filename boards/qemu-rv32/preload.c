// SPDX-License-Identifier: Apache-2.0

#include "xsAll.h"
#include "host.h"
#include "image.h"
#include "memory.h"
#include "preload.h"
#include "trap.h"

#define MAGIC 0x314C5250u

/* At the start of PRELOAD_AREA. */
typedef struct {
	uint32_t magic;
	/* The bundle that it was made of: an image has its own. */
	const unsigned char *code;
	txMachine *root;
} Header;

/* The machine in flash, NULL where there is none of this image. */
static void *preloadedMachine(void)
{
	const Header *header = (const Header *)PRELOAD_AREA;
	return header->magic == MAGIC && header->code == gBundleCode ? header->root : NULL;
}

static void freezeItems(txMachine *the, txSlot *property)
{
	txSlot *item = property->value.array.address;
	for (txIndex count = fxGetIndexSize(the, property); count > 0; count--, item++)
		item->flag |= XS_DONT_DELETE_FLAG | (item->kind == XS_ACCESSOR_KIND ? 0 : XS_DONT_SET_FLAG);
}

static void freezeInstance(txMachine *the, txSlot *instance)
{
	instance->flag |= XS_DONT_PATCH_FLAG;
	for (txSlot *property = instance->next; property; property = property->next) {
		property->flag |= XS_DONT_DELETE_FLAG;
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		if (property->kind == XS_ARRAY_KIND)
			freezeItems(the, property);
	}
}

/* All but the global object, to which the board's own machine adds. A variable of a module is constant then. */
static void freeze(txMachine *the)
{
	for (txSlot *heap = the->firstHeap; heap; heap = heap->next) {
		for (txSlot *slot = heap + 1; slot < heap->value.reference; slot++) {
			if (slot->kind == XS_INSTANCE_KIND && slot != mxGlobal.value.reference)
				freezeInstance(the, slot);
			else if (slot->kind == XS_CLOSURE_KIND)
				slot->value.closure->flag |= XS_DONT_SET_FLAG;
		}
	}
}

/* The global object remembers where it found its properties: all of them now, since it cannot do so in flash. */
static void findGlobals(txMachine *machine)
{
	txMachine *the = fxBeginHost(machine);
	for (txID id = XS_SYMBOL_ID_COUNT; id < XS_INTRINSICS_COUNT; id++)
		mxBehaviorGetProperty(the, mxGlobal.value.reference, id, 0, XS_ANY);
	fxEndHost(the);
}

static void *keep(const void *from, size_t bytes)
{
	void *kept = memoryTake(bytes);
	memcpy(kept, from, bytes);
	return kept;
}

/* What a clone reads of the machine itself: its names, and the built-ins at the top of its stack. */
static txMachine *keepRoot(txMachine *the)
{
	txMachine *root = keep(the, sizeof(txMachine));
	size_t builtIns = (size_t)(the->stackTop - the->stack);
	root->keyArray = keep(the->keyArray, (size_t)the->keyIndex * sizeof(txSlot *));
	root->nameTable = keep(the->nameTable, (size_t)the->nameModulo * sizeof(txSlot *));
	root->symbolTable = keep(the->symbolTable, (size_t)the->symbolModulo * sizeof(txSlot *));
	root->stack = keep(the->stack, builtIns * sizeof(txSlot));
	root->stackTop = root->stack + builtIns;
	return root;
}

static void writeFile(void)
{
	const uint8_t *bytes = (const uint8_t *)PRELOAD_AREA;
	size_t length = memoryTaken();
	FILE *file = fopen(PRELOAD_FILE, "wb");
	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
		hostFail(exitBundle, "cannot write " PRELOAD_FILE);
}

/* Loads the bundle where it will be in flash. */
static void *preloadLoad(void)
{
	memoryPreload(sizeof(Header));
	gOptions.loadStackCount = LOAD_STACK_SLOTS;
	gOptions.chunkInitial = 16384;
	gOptions.chunkIncrement = 4096;
	gOptions.heapInitial = 4096;
	gOptions.heapIncrement = 256;
	return hostLoad();
}

/* Makes the file, and ends the program. */
static void __attribute__((noreturn)) preloadWrite(void *machine)
{
	txMachine *the = machine;
	findGlobals(the);
	fxCollectGarbage(the);
	freeze(the);
	fxShareMachine(the);
	*(Header *)PRELOAD_AREA = (Header){ .magic = MAGIC, .code = gBundleCode, .root = keepRoot(the) };
	writeFile();
	exit(exitDone);
}

/* A machine of its own on what is in flash. */
static void *preloadClone(void *root)
{
	txMachine *shared = root;
	txCreation creation = {
		.initialChunkSize = gOptions.chunkInitial,
		.incrementalChunkSize = gOptions.chunkIncrement,
		.initialHeapCount = gOptions.heapInitial,
		.incrementalHeapCount = gOptions.heapIncrement,
		.stackCount = gOptions.stackCount,
		.initialKeyCount = 32,
		.incrementalKeyCount = 32,
		.nameModulo = shared->nameModulo,
		.symbolModulo = shared->symbolModulo,
	};
	return fxCloneMachine(&creation, shared, "pne", NULL);
}

void *programLoad(void)
{
	void *root = preloadedMachine();
	if (gIsPreloaded && !root)
		preloadWrite(preloadLoad());
	trapFlashWrites();
	return root ? preloadClone(root) : hostLoad();
}
