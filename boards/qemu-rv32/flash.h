// SPDX-License-Identifier: Apache-2.0

/* Two areas of flash that are erased as a whole and then programmed a word at a time. */

#ifndef PNE_FLASH_H
#define PNE_FLASH_H

#include <stdint.h>

#define FLASH_AREAS 2
/* In bytes. Erased words have all bits set. A test takes less. */
#ifndef FLASH_AREA_BYTES
#define FLASH_AREA_BYTES 16384
#endif

const uint32_t *flashArea(unsigned area);
void flashErase(unsigned area);
/* `index` counts words. The word was erased before. */
void flashProgram(unsigned area, unsigned index, uint32_t word);

#endif
