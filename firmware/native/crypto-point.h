// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_CRYPTO_POINT_H
#define PNE_CRYPTO_POINT_H

#include <stdint.h>

/* Finds one of the two y of a P-256 point (SEC 1 section 2.3.4). Returns 0 where no point has this x. */
int cryptoP256Decompress(const uint8_t x[32], uint8_t y[32]);

#endif
