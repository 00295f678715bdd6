// SPDX-License-Identifier: Apache-2.0

/* What the payload codec, which looks at the engine's slots (xsAll.h), calls of files that do not (xsmc.h). */

#ifndef PNE_PAYLOAD_ENGINE_H
#define PNE_PAYLOAD_ENGINE_H

#include "xsAll.h"

#include <stddef.h>
#include <stdint.h>

/* As in crypto.h. */
typedef struct {
	uint8_t *bytes;
	size_t length;
} CryptoBuffer;

extern CryptoBuffer cryptoReadable(txMachine *the, int index);
extern uint8_t *cryptoNewBytes(txMachine *the, size_t length);

/* As in the engine's xsmc.h. */
extern txInteger _xsmcGetBuffer(txMachine *the, txSlot *slot, void **data, txUnsigned *count, txBoolean writable);

#endif
