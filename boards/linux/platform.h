// SPDX-License-Identifier: Apache-2.0

/* What XS asks of the platform it is compiled for: given with -DINCLUDE_XSPLATFORM -DXSPLATFORM. */

#ifndef PNE_PLATFORM_H
#define PNE_PLATFORM_H

#undef mxLinux
#define mxLinux 1

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
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

#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1

/* Names need more than 16 bits once several thousand test vectors are loaded. */
#define mx32bitID 1

/* Kept in every machine. `reservedBytes` only grows: XS never gives slots or chunks back. */
#define mxMachinePlatform \
	void *waiterCondition; \
	void *waiterData; \
	void *waiterLink; \
	int promiseJobs; \
	size_t reservedBytes;

#endif
