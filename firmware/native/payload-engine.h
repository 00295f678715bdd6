// SPDX-License-Identifier: Apache-2.0

/* What the payload codec, which looks at the engine's slots (xsAll.h), calls of files that do not (xsmc.h). */

#ifndef PNE_PAYLOAD_ENGINE_H
#define PNE_PAYLOAD_ENGINE_H

#include "xsAll.h"

#include "payload.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As in crypto.h. */
typedef struct {
	uint8_t *bytes;
	size_t length;
} CryptoBuffer;

extern CryptoBuffer cryptoReadable(txMachine *the, int index);
extern uint8_t *cryptoNewBytes(txMachine *the, size_t length);
extern void cryptoViewBytes(txMachine *the, size_t offset, size_t length);
extern int cryptoInteger(txMachine *the, int index, int minimum, int maximum);
extern int64_t cryptoNumber(txMachine *the, int index, int64_t minimum, int64_t maximum);

/* As in the engine's xsmc.h. */
extern txInteger _xsmcGetBuffer(txMachine *the, txSlot *slot, void **data, txUnsigned *count, txBoolean writable);

/* payload-text.c: a text, of which `length` becomes how many bytes it has. */
PayloadReason payloadEncodeText(PayloadWriter *writer, txString text, size_t *length);
/* payload-utf8.c: makes mxResult the reason. */
void payloadReturnReason(txMachine *the, PayloadReason reason);

/* payload-encode.c: whether it is a Uint8Array. Not over the memory of a host object: JavaScript may claim of that any length. */
bool payloadIsBytes(const txSlot *value);
/* Throws where they are detached. */
void payloadEncodeBytes(txMachine *the, PayloadWriter *writer, txSlot *value);

/* payload-decode.c: argument 0, whose bytes move when anything is allocated; they are looked up each time. */
PayloadReader payloadAt(txMachine *the, size_t at);
/* What is pushed is made of bytes of it. */
void payloadPushText(txMachine *the, size_t at, size_t length);
void payloadPushBytes(txMachine *the, size_t at, size_t length);
void payloadPushNumber(txMachine *the, double number);
/* Takes what is on top of the stack into an array that is being made, behind its last element. Returns the new one. */
txSlot *payloadAppend(txMachine *the, txSlot *last);
/* Calls argument 1, which throws. */
void payloadRefuse(txMachine *the, PayloadReason reason);

#endif
