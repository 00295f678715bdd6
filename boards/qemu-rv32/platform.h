// SPDX-License-Identifier: Apache-2.0

/* What XS asks of a bare rv32imac without a parser: given with -DINCLUDE_XSPLATFORM -DXSPLATFORM. */

#ifndef PNE_PLATFORM_H
#define PNE_PLATFORM_H

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define mxUnalignedAccess 0
#define mxMisalignedSettersCrash 1
#define mxUseDefaultSharedChunks 1

#define C_PATH_MAX 64

/* Kept in every machine. `reservedBytes` only grows: XS never gives slots or chunks back. */
#define mxMachinePlatform \
	int promiseJobs; \
	size_t reservedBytes;

#endif
