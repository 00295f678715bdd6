// SPDX-License-Identifier: Apache-2.0

/* What protects a record's body, and what it authenticates: src/session/protection.ts, aad.ts and nonce.ts. */

#include "record-direction.h"

#include <mbedtls/constant_time.h>
#include <mbedtls/platform_util.h>
#include <string.h>

/* Beginnings of CBOR items (RFC 8949 section 3). */
enum { CBOR_BYTES = 0x40, CBOR_ARRAY = 0x80, CBOR_ONE_BYTE = 24, CBOR_TWO_BYTES = 25 };

enum { HMAC_256_64 = 4, HMAC_256_256 = 5, MAC_KEY_BYTES = 32, OSCORE_VERSION = 1, MAX_DIRECT = 23 };

static bool setKey(RecordDirection *direction, const RecordSetup *setup, psa_status_t *status)
{
	const AeadAlgorithm *aead = aeadAlgorithm(setup->algorithm);
	direction->encrypts = aead != NULL;
	if (aead) {
		if (setup->keyLength != aead->keyLength || setup->baseIvLength != aead->nonceLength)
			return false;
		direction->tagLength = aead->tagLength;
		direction->nonceLength = aead->nonceLength;
		memcpy(direction->baseIv, setup->baseIv, aead->nonceLength);
		*status = aeadSetKey(&direction->key.aead, aead, setup->key);
		return true;
	}
	if (setup->algorithm != HMAC_256_64 && setup->algorithm != HMAC_256_256)
		return false;
	if (setup->keyLength != MAC_KEY_BYTES || setup->baseIvLength)
		return false;
	direction->tagLength = setup->algorithm == HMAC_256_64 ? 8 : MAC_BYTES;
	*status = macSetKey(&direction->key.mac, setup->key, setup->keyLength);
	return true;
}

static uint8_t *append(uint8_t *at, const void *bytes, size_t length)
{
	memcpy(at, bytes, length);
	return at + length;
}

/*
 * ["Encrypt0", h'', external_aad] or ["MAC0", h'', external_aad, payload] (RFC 9052 sections 5.3 and 6.3), where
 * external_aad is the bstr of [1, [alg], kid, Partial IV, h''] (RFC 8613 section 5.4). Up to the Partial IV.
 */
static void beginAuthenticated(RecordDirection *direction, int algorithm)
{
	static const uint8_t encrypt0[] = { 0x83, 0x68, 'E', 'n', 'c', 'r', 'y', 'p', 't', '0', CBOR_BYTES };
	static const uint8_t mac0[] = { 0x84, 0x64, 'M', 'A', 'C', '0', CBOR_BYTES };
	uint8_t *at = direction->authenticated;
	at = direction->encrypts ? append(at, encrypt0, sizeof(encrypt0)) : append(at, mac0, sizeof(mac0));
	uint8_t *head = at++;
	*at++ = CBOR_ARRAY | 5;
	*at++ = OSCORE_VERSION;
	*at++ = CBOR_ARRAY | 1;
	if (algorithm > MAX_DIRECT)
		*at++ = CBOR_ONE_BYTE;
	*at++ = (uint8_t)algorithm;
	*at++ = CBOR_BYTES | direction->kidLength;
	if (direction->kidLength)
		at = append(at, direction->kid, direction->kidLength);
	direction->externalAadHead = (uint8_t)(head - direction->authenticated);
	direction->externalAadLength = (uint8_t)(at - head - 1 + 2);
	direction->authenticatedLength = (uint8_t)(at - direction->authenticated);
}

psa_status_t directionOpen(RecordDirection *direction, const RecordSetup *setup)
{
	psa_status_t status = PSA_SUCCESS;
	if (setup->kidLength > RECORD_KID_MAX || (setup->context && setup->contextLength > RECORD_CONTEXT_MAX))
		return PSA_ERROR_INVALID_ARGUMENT;
	if (!setKey(direction, setup, &status))
		return PSA_ERROR_INVALID_ARGUMENT;
	direction->maxMessage = setup->maxMessage;
	direction->kidLength = (uint8_t)setup->kidLength;
	if (setup->kidLength)
		memcpy(direction->kid, setup->kid, setup->kidLength);
	direction->hasContext = setup->context != NULL;
	direction->contextLength = setup->context ? (uint8_t)setup->contextLength : 0;
	if (direction->contextLength)
		memcpy(direction->context, setup->context, setup->contextLength);
	beginAuthenticated(direction, setup->algorithm);
	return status;
}

/* Completes the authenticated bytes and returns how many they are. At most 23 of external_aad: one byte of head. */
static size_t authenticate(RecordDirection *direction, const uint8_t *partialIv, size_t length)
{
	uint8_t *at = direction->authenticated + direction->authenticatedLength;
	direction->authenticated[direction->externalAadHead] =
		(uint8_t)(CBOR_BYTES | (direction->externalAadLength + length));
	*at++ = (uint8_t)(CBOR_BYTES | length);
	for (size_t i = 0; i < length; i++)
		*at++ = partialIv[i];
	*at++ = CBOR_BYTES;
	return (size_t)(at - direction->authenticated);
}

/* Base IV XOR the left-padded Partial IV (RFC 8613 section 5.2). */
static void nonceOf(const RecordDirection *direction, const uint8_t *partialIv, size_t length, uint8_t *nonce)
{
	memcpy(nonce, direction->baseIv, AEAD_NONCE_MAX);
	for (size_t i = 0; i < length; i++)
		nonce[direction->nonceLength - length + i] ^= partialIv[i];
}

/* The head of the payload's bstr. */
static size_t payloadHead(size_t length, uint8_t head[3])
{
	if (length <= MAX_DIRECT) {
		head[0] = (uint8_t)(CBOR_BYTES | length);
		return 1;
	}
	if (length <= UINT8_MAX) {
		head[0] = CBOR_BYTES | CBOR_ONE_BYTE;
		head[1] = (uint8_t)length;
		return 2;
	}
	head[0] = CBOR_BYTES | CBOR_TWO_BYTES;
	head[1] = (uint8_t)(length >> 8);
	head[2] = (uint8_t)length;
	return 3;
}

static psa_status_t macOf(RecordDirection *direction, const uint8_t *partialIv, size_t partialIvLength,
	const uint8_t *payload, size_t length, uint8_t mac[MAC_BYTES])
{
	psa_hash_operation_t operation;
	uint8_t head[3];
	psa_status_t status = macStart(&direction->key.mac, &operation);
	size_t authenticated = authenticate(direction, partialIv, partialIvLength);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(&operation, direction->authenticated, authenticated);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(&operation, head, payloadHead(length, head));
	if (status == PSA_SUCCESS && length)
		status = psa_hash_update(&operation, payload, length);
	if (status == PSA_SUCCESS)
		return macFinish(&direction->key.mac, &operation, mac);
	psa_hash_abort(&operation);
	return status;
}

psa_status_t directionSeal(RecordDirection *direction, const uint8_t *partialIv, size_t partialIvLength,
	const uint8_t *plaintext, size_t length, uint8_t *body)
{
	if (direction->encrypts) {
		uint8_t nonce[AEAD_NONCE_MAX];
		nonceOf(direction, partialIv, partialIvLength, nonce);
		size_t aadLength = authenticate(direction, partialIv, partialIvLength);
		return aeadSeal(&direction->key.aead, nonce, direction->authenticated, aadLength, plaintext, length, body);
	}
	uint8_t mac[MAC_BYTES];
	psa_status_t status = macOf(direction, partialIv, partialIvLength, plaintext, length, mac);
	if (status != PSA_SUCCESS)
		return status;
	if (length)
		memmove(body, plaintext, length);
	memcpy(body + length, mac, direction->tagLength);
	return PSA_SUCCESS;
}

psa_status_t directionOpenBody(RecordDirection *direction, const uint8_t *partialIv, size_t partialIvLength,
	const uint8_t *body, size_t length, uint8_t *output)
{
	if (direction->encrypts) {
		uint8_t nonce[AEAD_NONCE_MAX];
		nonceOf(direction, partialIv, partialIvLength, nonce);
		size_t aadLength = authenticate(direction, partialIv, partialIvLength);
		return aeadOpen(&direction->key.aead, nonce, direction->authenticated, aadLength, body, length, output);
	}
	uint8_t mac[MAC_BYTES];
	psa_status_t status = macOf(direction, partialIv, partialIvLength, body, length, mac);
	if (status == PSA_SUCCESS && mbedtls_ct_memcmp(mac, body + length, direction->tagLength))
		status = PSA_ERROR_INVALID_SIGNATURE;
	mbedtls_platform_zeroize(mac, sizeof(mac));
	if (status == PSA_SUCCESS && length)
		memmove(output, body, length);
	return status;
}

void recordClose(RecordDirection *direction)
{
	if (direction->encrypts)
		aeadClose(&direction->key.aead);
	else
		macClose(&direction->key.mac);
	mbedtls_platform_zeroize(&direction->key, sizeof(direction->key));
	mbedtls_platform_zeroize(direction->baseIv, sizeof(direction->baseIv));
	direction->closed = true;
}
