// SPDX-License-Identifier: Apache-2.0

/*
 * A machine in flash, made on the build machine: the engine's built-ins and what the bodies of the program's
 * modules made, as the SDK's xsl does it. The board makes it itself: an image that wants one and finds none runs
 * the bundle, freezes everything, and writes it to a file, which then lies in flash where it was made. With the
 * SDK's engine xsl does it (frozen.c).
 */

#ifndef PNE_PRELOAD_H
#define PNE_PRELOAD_H

#define PRELOAD_FILE "preload.bin"

/*
 * The machine with the program in it: on what is in flash where the image is preloaded, else the bundle is loaded.
 * Makes the file, and ends the program, where a preloaded image finds nothing in flash. Flash cannot be written
 * from here on.
 */
void *programLoad(void);

#endif
