// SPDX-License-Identifier: Apache-2.0

/* Named values in flash. A change is old or new after a power cut at any word. */

#ifndef PNE_FLASH_LOG_H
#define PNE_FLASH_LOG_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a name. */
#define LOG_NAME_MAX 31

/* Finds what is stored. Before everything else, once. */
void logOpen(void);

/* The value in flash, NULL where there is none. It may move at the next change. */
const uint8_t *logFind(const char *name, size_t *length);

/* Return 0 where there is no room: nothing has changed then. */
int logWrite(const char *name, const uint8_t *value, size_t length);
int logDelete(const char *name);

#endif
