// SPDX-License-Identifier: Apache-2.0

/*
 * What the files of the native crypto provider share. Cryptography is the PSA Crypto API's alone, so that the
 * same files compile against mbedTLS 2.28, 3.x and 4 and reach whatever accelerators stand behind it.
 *
 * JavaScript sees host objects without properties. What they stand for lies in records on the C heap, wiped
 * by xs_pnecrypto_wipe or when the object is collected. Buffers of JavaScript move when anything is allocated:
 * their addresses are taken last, after the last allocation.
 */

#ifndef PNE_CRYPTO_H
#define PNE_CRYPTO_H

#include "xsmc.h"

#include <psa/crypto.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SHA256_BYTES = 32 };

/* What a host object stands for. A function takes one kind and refuses the others. */
typedef enum { kindSecret, kindAead, kindMac, kindPrivate, kindCount } CryptoKind;

/* How COSE's AEAD (RFC 9053 section 4) is called in PSA. Lengths are bytes. */
typedef struct {
	int cose;
	psa_key_type_t type;
	psa_algorithm_t algorithm;
	uint8_t keyLength;
	uint8_t nonceLength;
	uint8_t tagLength;
} CryptoAead;

/* A secret has bytes; a key is in PSA's store, bound to one use. */
typedef struct {
	mbedtls_svc_key_id_t id;
	const CryptoAead *aead;
	int curve;
	size_t length;
	uint8_t bytes[];
} CryptoRecord;

/* Bytes of a JavaScript buffer, until something is allocated. */
typedef struct {
	uint8_t *bytes;
	size_t length;
} CryptoBuffer;

/* Overwrites where the compiler might see no use in it. */
void cryptoZeroize(void *bytes, size_t length);

/* Throws unless at least so many arguments were given: XS does not check the index of xsArg. */
void cryptoArguments(xsMachine *the, int count);
/* Throws unless the argument is a whole number within the bounds. Never runs JavaScript. */
int cryptoInteger(xsMachine *the, int index, int minimum, int maximum);
/* Throws unless the argument is an ArrayBuffer, a DataView or a typed array of bytes, attached. */
CryptoBuffer cryptoReadable(xsMachine *the, int index);
/* The same, and unless it may be written. */
CryptoBuffer cryptoWritable(xsMachine *the, int index);
void cryptoRequireLength(xsMachine *the, CryptoBuffer buffer, size_t length);
void cryptoRefuseOverlap(xsMachine *the, CryptoBuffer output, CryptoBuffer input);
/* Throws unless PSA succeeded. */
void cryptoRequire(xsMachine *the, psa_status_t status);

/* Starts PSA where it has not started yet. */
void cryptoStart(xsMachine *the);
/* Makes xsResult a host object over a zeroed record with room for so many bytes. */
CryptoRecord *cryptoCreate(xsMachine *the, CryptoKind kind, size_t length);
/* Throws unless the argument is an object of this kind that was not wiped. */
CryptoRecord *cryptoRecord(xsMachine *the, int index, CryptoKind kind);
/* Wipes the record of xsResult, which becomes undefined. */
void cryptoDiscard(xsMachine *the, CryptoRecord *record);

/*
 * psa_import_key, or psa_generate_key where `bytes` is NULL, after a collection where PSA's store is full:
 * wiped objects that are still to be collected hold places in it. `bytes` are not JavaScript's: they would move.
 */
psa_status_t cryptoImport(xsMachine *the, const psa_key_attributes_t *attributes, const uint8_t *bytes,
	size_t length, mbedtls_svc_key_id_t *id);
/* The same for a key of HMAC-SHA-256. */
psa_status_t cryptoImportMac(xsMachine *the, const uint8_t *bytes, size_t length, mbedtls_svc_key_id_t *id);

/* Finds one of the two y of a P-256 point (SEC 1 section 2.3.4). Returns 0 where no point has this x. */
int cryptoP256Decompress(const uint8_t x[32], uint8_t y[32]);

#endif
