// SPDX-License-Identifier: Apache-2.0

/* The version is in xsCommon.h alone, hence xsAll.h. Of XS 17 its second number is a sum. */

#include "xsAll.h"

static txString writeNumber(txString end, unsigned number)
{
	if (number >= 10)
		end = writeNumber(end, number / 10);
	*end = (char)('0' + number % 10);
	return end + 1;
}

/* engine(): the JavaScript engine and its version. */
void xs_pne_engine(txMachine *the)
{
	static const unsigned version[] = { XS_MAJOR_VERSION, XS_MINOR_VERSION, XS_PATCH_VERSION };
	char text[40] = "XS";
	txString end = text + 2;
	for (int i = 0; i < 3; i++) {
		*end = i ? '.' : ' ';
		end = writeNumber(end + 1, version[i]);
	}
	*end = 0;
	fxString(the, mxResult, text);
}
