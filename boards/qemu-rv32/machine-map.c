// SPDX-License-Identifier: Apache-2.0

/*
 * For who looks at the memory of a running image from outside (tools/size): where the machine is, and where in it
 * stands what XS has taken. It costs the image these words of flash and one of RAM.
 */

#include "xsAll.h"
#include "image.h"

#include <stddef.h>

#define OFFSET(member) ((uint32_t)offsetof(txMachine, member))

void *gMachine;

const uint32_t gMachineMap[] = {
	sizeof(txSlot),
	OFFSET(currentHeapCount),
	OFFSET(peakHeapCount),
	OFFSET(currentChunksSize),
	OFFSET(peakChunksSize),
	OFFSET(stackBottom),
	OFFSET(stackTop),
};
