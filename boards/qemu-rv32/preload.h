// SPDX-License-Identifier: Apache-2.0

/*
 * A machine in flash, made on the build machine: the engine's built-ins and what the bodies of the program's
 * modules made, as the SDK's xsl does it. The board makes it itself: an image that wants one and finds none runs
 * the bundle, freezes everything, and writes it to a file, which then lies in flash where it was made.
 */

#ifndef PNE_PRELOAD_H
#define PNE_PRELOAD_H

#define PRELOAD_FILE "preload.bin"

/* The machine in flash, NULL where there is none of this image. */
void *preloadedMachine(void);

/* Loads the bundle where it will be in flash. */
void *preloadLoad(void);

/* Makes the file from such a machine, and ends the program. */
void preloadWrite(void *machine) __attribute__((noreturn));

/* A machine of its own on what is in flash. */
void *preloadClone(void *root);

#endif
