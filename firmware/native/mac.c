// SPDX-License-Identifier: Apache-2.0

#include "mac.h"

#include <mbedtls/platform_util.h>
#include <string.h>

enum { BLOCK_BYTES = 64, INNER_PAD = 0x36, OUTER_PAD = 0x5c };

/* Hashed where it is longer than a block, then padded to one. */
static psa_status_t blockOf(const uint8_t *bytes, size_t length, uint8_t block[BLOCK_BYTES])
{
	size_t written;
	memset(block, 0, BLOCK_BYTES);
	if (length > BLOCK_BYTES)
		return psa_hash_compute(PSA_ALG_SHA_256, bytes, length, block, MAC_BYTES, &written);
	if (length)
		memcpy(block, bytes, length);
	return PSA_SUCCESS;
}

static psa_status_t startPadded(psa_hash_operation_t *operation, uint8_t block[BLOCK_BYTES], uint8_t pad)
{
	for (int i = 0; i < BLOCK_BYTES; i++)
		block[i] ^= pad;
	psa_status_t status = psa_hash_setup(operation, PSA_ALG_SHA_256);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(operation, block, BLOCK_BYTES);
	return status;
}

psa_status_t macSetKey(MacKey *key, const uint8_t *bytes, size_t length)
{
	uint8_t block[BLOCK_BYTES];
	psa_status_t status = blockOf(bytes, length, block);
	if (status == PSA_SUCCESS)
		status = startPadded(&key->inner, block, INNER_PAD);
	if (status == PSA_SUCCESS)
		status = startPadded(&key->outer, block, INNER_PAD ^ OUTER_PAD);
	mbedtls_platform_zeroize(block, sizeof(block));
	return status;
}

psa_status_t macStart(const MacKey *key, psa_hash_operation_t *operation)
{
	*operation = psa_hash_operation_init();
	return psa_hash_clone(&key->inner, operation);
}

psa_status_t macFinish(const MacKey *key, psa_hash_operation_t *operation, uint8_t mac[MAC_BYTES])
{
	psa_hash_operation_t outer = psa_hash_operation_init();
	size_t written;
	psa_status_t status = psa_hash_finish(operation, mac, MAC_BYTES, &written);
	if (status == PSA_SUCCESS)
		status = psa_hash_clone(&key->outer, &outer);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(&outer, mac, MAC_BYTES);
	if (status == PSA_SUCCESS)
		status = psa_hash_finish(&outer, mac, MAC_BYTES, &written);
	psa_hash_abort(operation);
	psa_hash_abort(&outer);
	return status;
}

psa_status_t macCompute(const MacKey *key, const uint8_t *message, size_t length, uint8_t mac[MAC_BYTES])
{
	psa_hash_operation_t operation;
	psa_status_t status = macStart(key, &operation);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(&operation, message, length);
	if (status == PSA_SUCCESS)
		return macFinish(key, &operation, mac);
	psa_hash_abort(&operation);
	return status;
}

void macClose(MacKey *key)
{
	psa_hash_abort(&key->inner);
	psa_hash_abort(&key->outer);
	mbedtls_platform_zeroize(key, sizeof(*key));
}
