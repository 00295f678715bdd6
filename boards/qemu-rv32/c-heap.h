// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_C_HEAP_H
#define PNE_C_HEAP_H

#include <stddef.h>

/* Most bytes of the C heap that were ever in use. */
size_t cHeapPeakBytes(void);

#endif
