// SPDX-License-Identifier: Apache-2.0

/* HKDF-SHA-256 (RFC 5869) over PSA's HMAC: PSA 1.0 has no extract alone and no expand alone. */

#include "crypto.h"

enum { SHA256_BLOCK_BYTES = 64, MAX_EXPANDED_BYTES = 255 * SHA256_BYTES };

/* HMAC's own form of a key (RFC 2104): hashed where it is longer than a block, then padded to one. */
static psa_status_t macBlockOf(CryptoBuffer key, uint8_t block[SHA256_BLOCK_BYTES])
{
	size_t written;
	memset(block, 0, SHA256_BLOCK_BYTES);
	if (key.length > SHA256_BLOCK_BYTES)
		return psa_hash_compute(PSA_ALG_SHA_256, key.bytes, key.length, block, SHA256_BYTES, &written);
	memcpy(block, key.bytes, key.length);
	return PSA_SUCCESS;
}

/* extract(salt, secret): the pseudorandom key as a secret. */
void xs_pnecrypto_extract(xsMachine *the)
{
	uint8_t block[SHA256_BLOCK_BYTES];
	mbedtls_svc_key_id_t id = MBEDTLS_SVC_KEY_ID_INIT;
	size_t written;
	cryptoArguments(the, 2);
	const CryptoRecord *input = cryptoRecord(the, 1, kindSecret);
	cryptoReadable(the, 0);
	CryptoRecord *output = cryptoCreate(the, kindSecret, SHA256_BYTES);
	psa_status_t status = macBlockOf(cryptoReadable(the, 0), block);
	if (status == PSA_SUCCESS)
		status = cryptoImportMac(the, block, sizeof(block), &id);
	if (status == PSA_SUCCESS)
		status = psa_mac_compute(id, PSA_ALG_HMAC(PSA_ALG_SHA_256), input->bytes, input->length, output->bytes,
			SHA256_BYTES, &written);
	psa_destroy_key(id);
	cryptoZeroize(block, sizeof(block));
	cryptoRequire(the, status);
}

/* T(n) of T(n - 1), in place. T(0) is empty. */
static psa_status_t nextBlock(mbedtls_svc_key_id_t id, CryptoBuffer info, uint8_t n, uint8_t block[SHA256_BYTES])
{
	psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
	size_t written;
	psa_status_t status = psa_mac_sign_setup(&operation, id, PSA_ALG_HMAC(PSA_ALG_SHA_256));
	if (status == PSA_SUCCESS && n > 1)
		status = psa_mac_update(&operation, block, SHA256_BYTES);
	if (status == PSA_SUCCESS)
		status = psa_mac_update(&operation, info.bytes, info.length);
	if (status == PSA_SUCCESS)
		status = psa_mac_update(&operation, &n, 1);
	if (status == PSA_SUCCESS)
		status = psa_mac_sign_finish(&operation, block, SHA256_BYTES, &written);
	psa_mac_abort(&operation);
	return status;
}

static psa_status_t expandInto(mbedtls_svc_key_id_t id, CryptoBuffer info, uint8_t *output, size_t length)
{
	uint8_t block[SHA256_BYTES];
	psa_status_t status = PSA_SUCCESS;
	uint8_t n = 1;
	for (size_t at = 0; status == PSA_SUCCESS && at < length; at += SHA256_BYTES) {
		size_t part = length - at < SHA256_BYTES ? length - at : SHA256_BYTES;
		status = nextBlock(id, info, n++, block);
		if (status == PSA_SUCCESS)
			memcpy(output + at, block, part);
	}
	cryptoZeroize(block, sizeof(block));
	return status;
}

static const CryptoRecord *pseudorandomKeyArgument(xsMachine *the, int index)
{
	const CryptoRecord *secret = cryptoRecord(the, index, kindSecret);
	if (secret->length < SHA256_BYTES)
		xsRangeError("crypto: a pseudorandom key of %d bytes", (int)secret->length);
	return secret;
}

/* expand(secret, info, output) */
void xs_pnecrypto_expand(xsMachine *the)
{
	mbedtls_svc_key_id_t id = MBEDTLS_SVC_KEY_ID_INIT;
	cryptoArguments(the, 3);
	cryptoStart(the);
	const CryptoRecord *secret = pseudorandomKeyArgument(the, 0);
	CryptoBuffer info = cryptoReadable(the, 1);
	CryptoBuffer output = cryptoWritable(the, 2);
	if (output.length > MAX_EXPANDED_BYTES)
		xsRangeError("crypto: %d bytes of HKDF", (int)output.length);
	cryptoRefuseOverlap(the, output, info);
	psa_status_t status = cryptoImportMac(the, secret->bytes, secret->length, &id);
	if (status == PSA_SUCCESS) {
		/* The import may have collected garbage. */
		output = cryptoWritable(the, 2);
		status = expandInto(id, cryptoReadable(the, 1), output.bytes, output.length);
	}
	psa_destroy_key(id);
	cryptoRequire(the, status);
}

/* expandSecret(secret, info, length): the same bytes as a secret. */
void xs_pnecrypto_expandSecret(xsMachine *the)
{
	mbedtls_svc_key_id_t id = MBEDTLS_SVC_KEY_ID_INIT;
	cryptoArguments(the, 3);
	const CryptoRecord *secret = pseudorandomKeyArgument(the, 0);
	int length = cryptoInteger(the, 2, 1, MAX_EXPANDED_BYTES);
	cryptoReadable(the, 1);
	CryptoRecord *output = cryptoCreate(the, kindSecret, (size_t)length);
	psa_status_t status = cryptoImportMac(the, secret->bytes, secret->length, &id);
	if (status == PSA_SUCCESS)
		status = expandInto(id, cryptoReadable(the, 1), output->bytes, output->length);
	psa_destroy_key(id);
	cryptoRequire(the, status);
}
