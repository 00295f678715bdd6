// SPDX-License-Identifier: Apache-2.0

/* The key that everything a device keeps is sealed under, as a board has it. */

#ifndef PNE_ROOT_KEY_H
#define PNE_ROOT_KEY_H

#include <stdint.h>

enum { ROOT_KEY_BYTES = 32 };

typedef enum { rootKeyFound, rootKeyNone, rootKeyFailed } RootKeyStatus;

/* Fills the key. `rootKeyNone` where the board never had one. */
RootKeyStatus rootKeyLoad(uint8_t key[ROOT_KEY_BYTES]);
/* Keeps a key for good. Returns 0 where it cannot. */
int rootKeyKeep(const uint8_t key[ROOT_KEY_BYTES]);

#endif
