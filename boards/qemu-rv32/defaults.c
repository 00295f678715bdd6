// SPDX-License-Identifier: Apache-2.0

/*
 * The engine's table of what a program may leave out. A preloaded program's functions have neither `length` nor
 * `name`, as in an image that the SDK strips: two slots of each function in RAM.
 */

#if IMAGE_PRELOADED
#include "xsAll.h"
#undef fxNewFunctionLength
#define fxNewFunctionLength C_NULL
#define fxNewFunctionName C_NULL
#endif

#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "xsDefaults.c"
