// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_CLOCK_H
#define PNE_CLOCK_H

#include <stdint.h>

/* Counts instructions from here on: absolute values differ from run to run. */
void clockStart(void);

/* Waits, without using instructions, until that moment of hostMicroseconds or until a device asks for work. */
void clockSleepUntil(int64_t microseconds);

#endif
