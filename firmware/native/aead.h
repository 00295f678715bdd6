// SPDX-License-Identifier: Apache-2.0

/*
 * Keyed AEAD contexts, by COSE algorithm number (RFC 9053 section 4). No part of XS.
 *
 * In mbedTLS 2.28 and 3.x, PSA has AEADs in one shot only: each message finds its key's slot, runs the key
 * schedule, and frees both. There the contexts are mbedTLS's own, keyed once. AES-CCM of 64 bytes takes 17,669
 * instructions so, and 25,163 through PSA (rv32imac, -Os, mbedTLS 2.28.3). mbedTLS 4 has nothing but PSA.
 */

#ifndef PNE_AEAD_H
#define PNE_AEAD_H

#include <mbedtls/version.h>
#include <psa/crypto.h>
#include <stddef.h>
#include <stdint.h>

#if MBEDTLS_VERSION_NUMBER < 0x04000000
#define AEAD_CLASSIC 1
#include <mbedtls/ccm.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>
#else
#define AEAD_CLASSIC 0
#endif

enum { AEAD_KEY_MAX = 32, AEAD_NONCE_MAX = 13, AEAD_TAG_MAX = 16 };

typedef enum { aeadCcm, aeadGcm, aeadChaChaPoly } AeadCipher;

/* Lengths are bytes. */
typedef struct {
	int cose;
	AeadCipher cipher;
	uint8_t keyLength;
	uint8_t nonceLength;
	uint8_t tagLength;
} AeadAlgorithm;

/* All zeros has no key and may be closed. A context refers to itself nowhere, so that it may lie anywhere. */
typedef struct {
	const AeadAlgorithm *algorithm;
#if AEAD_CLASSIC
	union {
		mbedtls_ccm_context ccm;
		mbedtls_gcm_context gcm;
		mbedtls_chachapoly_context chaChaPoly;
	} context;
#else
	mbedtls_svc_key_id_t id;
#endif
} AeadKey;

/* NULL where the number is no AEAD's. */
const AeadAlgorithm *aeadAlgorithm(int cose);

/* Keys a context of zeros with keyLength bytes, which are copied. It is to be closed whatever the result. */
psa_status_t aeadSetKey(AeadKey *key, const AeadAlgorithm *algorithm, const uint8_t *bytes);

/*
 * Writes ciphertext and tag, which is tagLength bytes more than the plaintext. `output` overlaps no input.
 * AES-CCM takes up to 65,279 bytes of additional data and 65,535 of plaintext: else an error of PSA.
 */
psa_status_t aeadSeal(AeadKey *key, const uint8_t *nonce, const uint8_t *aad, size_t aadLength,
	const uint8_t *plaintext, size_t length, uint8_t *output);

/*
 * Opens `length` bytes of ciphertext and the tag behind them. PSA_ERROR_INVALID_SIGNATURE where the tag does not
 * verify; `output` is zeros then. It overlaps no input.
 */
psa_status_t aeadOpen(AeadKey *key, const uint8_t *nonce, const uint8_t *aad, size_t aadLength,
	const uint8_t *ciphertext, size_t length, uint8_t *output);

/* Wipes the key. */
void aeadClose(AeadKey *key);

#endif
