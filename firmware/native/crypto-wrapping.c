// SPDX-License-Identifier: Apache-2.0

/* Keys under keys: their bytes pass from a handle into ciphertext and back, and JavaScript sees none of them. */

#include "crypto.h"

/* Data and key together. */
enum { PLAINTEXT_MAX = 128 };

static psa_status_t wrapInto(AeadKey *key, const CryptoBuffer inputs[3], const CryptoHandle *secret, uint8_t *output)
{
	uint8_t plaintext[PLAINTEXT_MAX];
	CryptoBuffer nonce = inputs[0], aad = inputs[1], data = inputs[2];
	if (data.length)
		memcpy(plaintext, data.bytes, data.length);
	memcpy(plaintext + data.length, secret->data, secret->length);
	psa_status_t status =
		aeadSeal(key, nonce.bytes, aad.bytes, aad.length, plaintext, data.length + secret->length, output);
	cryptoZeroize(plaintext, sizeof(plaintext));
	return status;
}

/* wrap(key, nonce, aad, data, secret, output): output becomes data and secret as ciphertext, and tag. */
void xs_pnecrypto_wrap(xsMachine *the)
{
	CryptoBuffer inputs[3];
	cryptoArguments(the, 6);
	AeadKey *key = (AeadKey *)cryptoHandle(the, 0, kindAead)->data;
	const CryptoHandle *secret = cryptoHandle(the, 4, kindSecret);
	for (int i = 0; i < 3; i++)
		inputs[i] = cryptoReadable(the, 1 + i);
	CryptoBuffer output = cryptoWritable(the, 5);
	cryptoRequireLength(the, inputs[0], key->algorithm->nonceLength);
	if (inputs[2].length > PLAINTEXT_MAX || secret->length > PLAINTEXT_MAX - inputs[2].length)
		xsRangeError("crypto: more than %d bytes to wrap", PLAINTEXT_MAX);
	cryptoRequireLength(the, output, inputs[2].length + secret->length + key->algorithm->tagLength);
	for (int i = 0; i < 3; i++)
		cryptoRefuseOverlap(the, output, inputs[i]);
	psa_status_t status = wrapInto(key, inputs, secret, output.bytes);
	cryptoScrub();
	cryptoRequire(the, status);
}

static psa_status_t unwrapInto(AeadKey *key, const CryptoBuffer inputs[3], CryptoBuffer data, CryptoHandle *secret)
{
	uint8_t plaintext[PLAINTEXT_MAX];
	CryptoBuffer nonce = inputs[0], aad = inputs[1], wrapped = inputs[2];
	psa_status_t status = aeadOpen(key, nonce.bytes, aad.bytes, aad.length, wrapped.bytes,
		data.length + secret->length, plaintext);
	if (status == PSA_SUCCESS) {
		if (data.length)
			memcpy(data.bytes, plaintext, data.length);
		memcpy(secret->data, plaintext + data.length, secret->length);
	}
	cryptoZeroize(plaintext, sizeof(plaintext));
	return status;
}

/* unwrap(key, nonce, aad, wrapped, data): data is filled, what lies behind it a secret; undefined where forged. */
void xs_pnecrypto_unwrap(xsMachine *the)
{
	CryptoBuffer inputs[3];
	cryptoArguments(the, 5);
	AeadKey *key = (AeadKey *)cryptoHandle(the, 0, kindAead)->data;
	cryptoRequireLength(the, cryptoReadable(the, 1), key->algorithm->nonceLength);
	cryptoReadable(the, 2);
	size_t length = cryptoReadable(the, 3).length;
	size_t shown = cryptoWritable(the, 4).length + key->algorithm->tagLength;
	if (length <= shown || length > PLAINTEXT_MAX + (size_t)key->algorithm->tagLength)
		xsRangeError("crypto: %d bytes to unwrap", (int)length);
	CryptoHandle *secret = cryptoCreate(the, kindSecret, length - shown);
	for (int i = 0; i < 3; i++)
		inputs[i] = cryptoReadable(the, 1 + i);
	CryptoBuffer data = cryptoWritable(the, 4);
	for (int i = 0; i < 3; i++)
		cryptoRefuseOverlap(the, data, inputs[i]);
	psa_status_t status = unwrapInto(key, inputs, data, secret);
	cryptoScrub();
	if (status != PSA_ERROR_INVALID_SIGNATURE)
		cryptoRequire(the, status);
	if (status != PSA_SUCCESS)
		cryptoDiscard(the, secret);
}
