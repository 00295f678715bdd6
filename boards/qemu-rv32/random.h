// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_RANDOM_H
#define PNE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills from the machine's true randomness. Returns -1 where not all bytes were filled. */
int randomFill(uint8_t *bytes, size_t length);

#endif
