// SPDX-License-Identifier: Apache-2.0

/* The version is in xsCommon.h alone, hence xsAll.h. */

#include "xsAll.h"

#define TEXT(number) #number
#define VERSION(major, minor, patch) "XS " TEXT(major) "." TEXT(minor) "." TEXT(patch)

/* engine(): the JavaScript engine and its version. */
void xs_pne_engine(txMachine *the)
{
	fxStringX(the, mxResult, (txString)VERSION(XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION));
}
