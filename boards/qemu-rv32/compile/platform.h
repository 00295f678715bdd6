// SPDX-License-Identifier: Apache-2.0

/* What the engine's parser asks of the machine that compiles: given with -DINCLUDE_XSPLATFORM -DXSPLATFORM. */

#ifndef PNE_COMPILE_PLATFORM_H
#define PNE_COMPILE_PLATFORM_H

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

#endif
