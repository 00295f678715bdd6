// SPDX-License-Identifier: Apache-2.0

#include "xsmc.h"

#ifdef ESP32
#include "esp_timer.h"
#else
#include <time.h>
#endif

/* microseconds(): a monotonic number of microseconds since an arbitrary moment. */
void xs_pne_microseconds(xsMachine *the)
{
#ifdef ESP32
	xsmcSetNumber(xsResult, (xsNumberValue)esp_timer_get_time());
#else
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	xsmcSetNumber(xsResult, (xsNumberValue)now.tv_sec * 1e6 + (xsNumberValue)(now.tv_nsec / 1000));
#endif
}
