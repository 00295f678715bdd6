// SPDX-License-Identifier: Apache-2.0

/*
 * What the files of the native crypto provider share. Cryptography is the PSA Crypto API's, but for aead.c, so
 * that the same files compile against mbedTLS 2.28, 3.x and 4 and reach whatever accelerators stand behind it.
 *
 * JavaScript sees host objects without properties. What they stand for lies on the C heap, wiped by
 * xs_pnecrypto_wipe or when the object is collected. Buffers of JavaScript move when anything is allocated:
 * their addresses are taken last, after the last allocation.
 */

#ifndef PNE_CRYPTO_H
#define PNE_CRYPTO_H

#include "xsmc.h"

#include "aead.h"
#include "mac.h"

#include <psa/crypto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SHA256_BYTES = 32 };

/* What a host object stands for. A function takes one kind and refuses the others. */
typedef enum {
	kindSecret, kindAead, kindMac, kindPrivate, kindSender, kindRecipient, kindCount
} CryptoKind;

/* `data` is the bytes of a secret, else what the kind is named after: an AeadKey, a MacKey, ... */
typedef struct {
	CryptoKind kind;
	size_t length;
	_Alignas(max_align_t) uint8_t data[];
} CryptoHandle;

/* In PSA's store. */
typedef struct {
	mbedtls_svc_key_id_t id;
	int curve;
} CryptoPrivate;

/* Bytes of a JavaScript buffer, until something is allocated. */
typedef struct {
	uint8_t *bytes;
	size_t length;
} CryptoBuffer;

/* Overwrites where the compiler might see no use in it. */
void cryptoZeroize(void *bytes, size_t length);
/* Overwrites the stack below its caller: what the library's functions have left there of a plaintext that is a key. */
void cryptoScrub(void);

/* Throws unless at least so many arguments were given: XS does not check the index of xsArg. */
void cryptoArguments(xsMachine *the, int count);
/* Throws unless the argument is a whole number within the bounds. Never runs JavaScript. */
int cryptoInteger(xsMachine *the, int index, int minimum, int maximum);
/* The same for what an int cannot hold. */
int64_t cryptoNumber(xsMachine *the, int index, int64_t minimum, int64_t maximum);
/* Throws unless the argument is an ArrayBuffer, a DataView or a typed array of bytes, attached. */
CryptoBuffer cryptoReadable(xsMachine *the, int index);
/* The same, and unless it may be written. */
CryptoBuffer cryptoWritable(xsMachine *the, int index);
void cryptoRequireLength(xsMachine *the, CryptoBuffer buffer, size_t length);
int cryptoOverlap(CryptoBuffer output, CryptoBuffer input);
void cryptoRefuseOverlap(xsMachine *the, CryptoBuffer output, CryptoBuffer input);
/* Throws unless PSA succeeded. */
void cryptoRequire(xsMachine *the, psa_status_t status);

/* Starts PSA where it has not started yet. */
void cryptoStart(xsMachine *the);
/* Makes xsResult a host object over zeros: so many bytes. */
CryptoHandle *cryptoCreate(xsMachine *the, CryptoKind kind, size_t length);
/* Throws unless the argument is an object of this kind that was not wiped. */
CryptoHandle *cryptoHandle(xsMachine *the, int index, CryptoKind kind);
/* Wipes what xsResult stands for. It becomes undefined. */
void cryptoDiscard(xsMachine *the, CryptoHandle *handle);

/*
 * Makes xsResult a Uint8Array of bytes that were something else's: the caller fills all of them, or throws, or lets
 * nobody have it. They are returned, and move when anything else is allocated.
 */
uint8_t *cryptoNewBytes(xsMachine *the, size_t length);
/* Makes xsResult, an ArrayBuffer, a Uint8Array over so many of its bytes. */
void cryptoViewBytes(xsMachine *the, size_t offset, size_t length);
/* Makes it a view of so many of them. */
void cryptoNarrowBytes(xsMachine *the, size_t offset, size_t length);

/*
 * Makes xsResult the message of these bytes, which JavaScript does not hold, where they are exactly a receipt or a
 * content (payload-message.c). Returns whether they are.
 */
bool payloadPushMessage(xsMachine *the, const uint8_t *bytes, size_t length);

#endif
