// SPDX-License-Identifier: Apache-2.0

/* The console of an image of the SDK for Linux is its standard error. */

#include "xsmc.h"

#include <stdio.h>

/* print(text): as it is, without a line end. */
void xs_pne_print(xsMachine *the)
{
	fputs(xsmcToString(xsArg(0)), stderr);
}
