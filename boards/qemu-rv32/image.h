// SPDX-License-Identifier: Apache-2.0

/* What is different from image to image: compile/ makes the bundle, which runs where it lies, in flash. */

#ifndef PNE_IMAGE_H
#define PNE_IMAGE_H

#include <stdint.h>

/* Bytecode of the one module. */
extern const unsigned char gBundleCode[];
extern const unsigned gBundleCodeSize;

/* Names, each ended by a zero, in the order of the ids that the code has for them. */
extern const char gBundleNames[];
extern const unsigned gBundleNameCount;

/* Whether what the bundle makes when it is loaded goes to flash (preload.h). */
extern const int gIsPreloaded;

/* The machine's memory. */
extern uint64_t gRegion[];
extern const unsigned gRegionBytes;

/* The C library's. */
extern uint64_t gCHeap[];
extern const unsigned gCHeapBytes;

/* The machine, for machine-map.c. */
extern void *gMachine;

#endif
