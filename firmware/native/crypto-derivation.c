// SPDX-License-Identifier: Apache-2.0

/* HKDF-SHA-256 (RFC 5869) over mac.c: PSA 1.0 has no extract alone and no expand alone. */

#include "crypto.h"

enum { MAX_EXPANDED_BYTES = 255 * SHA256_BYTES };

/* extract(salt, secret): the pseudorandom key as a secret. */
void xs_pnecrypto_extract(xsMachine *the)
{
	MacKey key = { 0 };
	cryptoArguments(the, 2);
	const CryptoHandle *input = cryptoHandle(the, 1, kindSecret);
	cryptoReadable(the, 0);
	CryptoHandle *output = cryptoCreate(the, kindSecret, SHA256_BYTES);
	CryptoBuffer salt = cryptoReadable(the, 0);
	psa_status_t status = macSetKey(&key, salt.bytes, salt.length);
	if (status == PSA_SUCCESS)
		status = macCompute(&key, input->data, input->length, output->data);
	macClose(&key);
	cryptoRequire(the, status);
}

/* T(n) of T(n - 1), in place. T(0) is empty. */
static psa_status_t nextBlock(const MacKey *key, CryptoBuffer info, uint8_t n, uint8_t block[SHA256_BYTES])
{
	psa_hash_operation_t operation;
	psa_status_t status = macStart(key, &operation);
	if (status == PSA_SUCCESS && n > 1)
		status = psa_hash_update(&operation, block, SHA256_BYTES);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(&operation, info.bytes, info.length);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(&operation, &n, 1);
	if (status == PSA_SUCCESS)
		return macFinish(key, &operation, block);
	psa_hash_abort(&operation);
	return status;
}

static psa_status_t expandInto(const CryptoHandle *secret, CryptoBuffer info, uint8_t *output, size_t length)
{
	MacKey key = { 0 };
	uint8_t block[SHA256_BYTES];
	psa_status_t status = macSetKey(&key, secret->data, secret->length);
	uint8_t n = 1;
	for (size_t at = 0; status == PSA_SUCCESS && at < length; at += SHA256_BYTES) {
		size_t part = length - at < SHA256_BYTES ? length - at : SHA256_BYTES;
		status = nextBlock(&key, info, n++, block);
		if (status == PSA_SUCCESS)
			memcpy(output + at, block, part);
	}
	macClose(&key);
	cryptoZeroize(block, sizeof(block));
	return status;
}

static const CryptoHandle *pseudorandomKeyArgument(xsMachine *the, int index)
{
	const CryptoHandle *secret = cryptoHandle(the, index, kindSecret);
	if (secret->length < SHA256_BYTES)
		xsRangeError("crypto: a pseudorandom key of %d bytes", (int)secret->length);
	return secret;
}

/* expand(secret, info, output) */
void xs_pnecrypto_expand(xsMachine *the)
{
	cryptoArguments(the, 3);
	cryptoStart(the);
	const CryptoHandle *secret = pseudorandomKeyArgument(the, 0);
	CryptoBuffer info = cryptoReadable(the, 1);
	CryptoBuffer output = cryptoWritable(the, 2);
	if (output.length > MAX_EXPANDED_BYTES)
		xsRangeError("crypto: %d bytes of HKDF", (int)output.length);
	cryptoRefuseOverlap(the, output, info);
	cryptoRequire(the, expandInto(secret, info, output.bytes, output.length));
}

/* expandSecret(secret, info, length): the same bytes as a secret. */
void xs_pnecrypto_expandSecret(xsMachine *the)
{
	cryptoArguments(the, 3);
	const CryptoHandle *secret = pseudorandomKeyArgument(the, 0);
	int length = cryptoInteger(the, 2, 1, MAX_EXPANDED_BYTES);
	cryptoReadable(the, 1);
	CryptoHandle *output = cryptoCreate(the, kindSecret, (size_t)length);
	cryptoRequire(the, expandInto(secret, cryptoReadable(the, 1), output->data, output->length));
}
