// SPDX-License-Identifier: Apache-2.0

/* Randomness, SHA-256, secrets, AEAD and HMAC. */

#include "crypto.h"

/*
 * random(target). On an ESP32 these are the hardware's numbers, true only while the radio or the bootloader's entropy
 * source is on (ESP-IDF, "Random Number Generation").
 */
void xs_pnecrypto_random(xsMachine *the)
{
	cryptoArguments(the, 1);
	cryptoStart(the);
	CryptoBuffer target = cryptoWritable(the, 0);
	cryptoRequire(the, psa_generate_random(target.bytes, target.length));
}

/* hash(data, digest): SHA-256. */
void xs_pnecrypto_hash(xsMachine *the)
{
	size_t written;
	cryptoArguments(the, 2);
	cryptoStart(the);
	CryptoBuffer data = cryptoReadable(the, 0);
	CryptoBuffer digest = cryptoWritable(the, 1);
	cryptoRequireLength(the, digest, SHA256_BYTES);
	cryptoRefuseOverlap(the, digest, data);
	cryptoRequire(the,
		psa_hash_compute(PSA_ALG_SHA_256, data.bytes, data.length, digest.bytes, digest.length, &written));
}

/* secret(bytes): a secret with a copy of them. */
void xs_pnecrypto_secret(xsMachine *the)
{
	cryptoArguments(the, 1);
	size_t length = cryptoReadable(the, 0).length;
	CryptoHandle *secret = cryptoCreate(the, kindSecret, length);
	memcpy(secret->data, cryptoReadable(the, 0).bytes, length);
}

/* length(secret): bytes. */
void xs_pnecrypto_length(xsMachine *the)
{
	cryptoArguments(the, 1);
	xsmcSetInteger(xsResult, (xsIntegerValue)cryptoHandle(the, 0, kindSecret)->length);
}

/* aeadKey(secret, algorithm): a key of the COSE algorithm. */
void xs_pnecrypto_aeadKey(xsMachine *the)
{
	cryptoArguments(the, 2);
	const CryptoHandle *secret = cryptoHandle(the, 0, kindSecret);
	int cose = cryptoInteger(the, 1, 0, INT16_MAX);
	const AeadAlgorithm *algorithm = aeadAlgorithm(cose);
	if (!algorithm)
		xsRangeError("crypto: %d is no AEAD", cose);
	if (secret->length != algorithm->keyLength)
		xsRangeError("crypto: a key of %d bytes", (int)secret->length);
	AeadKey *key = (AeadKey *)cryptoCreate(the, kindAead, sizeof(AeadKey))->data;
	psa_status_t status = aeadSetKey(key, algorithm, secret->data);
	if (status == PSA_ERROR_INSUFFICIENT_MEMORY) {
		/* Objects that nobody needs any more may hold it. */
		aeadClose(key);
		xsCollectGarbage();
		status = aeadSetKey(key, algorithm, secret->data);
	}
	cryptoRequire(the, status);
}

/* seal(key, nonce, aad, plaintext, output): output becomes ciphertext and tag. */
void xs_pnecrypto_seal(xsMachine *the)
{
	cryptoArguments(the, 5);
	AeadKey *key = (AeadKey *)cryptoHandle(the, 0, kindAead)->data;
	CryptoBuffer nonce = cryptoReadable(the, 1);
	CryptoBuffer aad = cryptoReadable(the, 2);
	CryptoBuffer plaintext = cryptoReadable(the, 3);
	CryptoBuffer output = cryptoWritable(the, 4);
	cryptoRequireLength(the, nonce, key->algorithm->nonceLength);
	cryptoRequireLength(the, output, plaintext.length + key->algorithm->tagLength);
	cryptoRefuseOverlap(the, output, nonce);
	cryptoRefuseOverlap(the, output, aad);
	cryptoRefuseOverlap(the, output, plaintext);
	cryptoRequire(the,
		aeadSeal(key, nonce.bytes, aad.bytes, aad.length, plaintext.bytes, plaintext.length, output.bytes));
}

/* open(key, nonce, aad, ciphertext, output): whether the tag verified. Else output holds no plaintext. */
void xs_pnecrypto_open(xsMachine *the)
{
	cryptoArguments(the, 5);
	AeadKey *key = (AeadKey *)cryptoHandle(the, 0, kindAead)->data;
	CryptoBuffer nonce = cryptoReadable(the, 1);
	CryptoBuffer aad = cryptoReadable(the, 2);
	CryptoBuffer ciphertext = cryptoReadable(the, 3);
	CryptoBuffer output = cryptoWritable(the, 4);
	cryptoRequireLength(the, nonce, key->algorithm->nonceLength);
	cryptoRequireLength(the, ciphertext, output.length + key->algorithm->tagLength);
	cryptoRefuseOverlap(the, output, nonce);
	cryptoRefuseOverlap(the, output, aad);
	cryptoRefuseOverlap(the, output, ciphertext);
	psa_status_t status =
		aeadOpen(key, nonce.bytes, aad.bytes, aad.length, ciphertext.bytes, output.length, output.bytes);
	if (status != PSA_ERROR_INVALID_SIGNATURE)
		cryptoRequire(the, status);
	xsmcSetBoolean(xsResult, status == PSA_SUCCESS);
}

/* macKey(secret): a key of HMAC-SHA-256. */
void xs_pnecrypto_macKey(xsMachine *the)
{
	cryptoArguments(the, 1);
	const CryptoHandle *secret = cryptoHandle(the, 0, kindSecret);
	if (!secret->length)
		xsRangeError("crypto: a key of 0 bytes");
	MacKey *key = (MacKey *)cryptoCreate(the, kindMac, sizeof(MacKey))->data;
	cryptoRequire(the, macSetKey(key, secret->data, secret->length));
}

/* mac(key, data, tag): all 32 bytes. */
void xs_pnecrypto_mac(xsMachine *the)
{
	cryptoArguments(the, 3);
	const MacKey *key = (MacKey *)cryptoHandle(the, 0, kindMac)->data;
	CryptoBuffer data = cryptoReadable(the, 1);
	CryptoBuffer tag = cryptoWritable(the, 2);
	cryptoRequireLength(the, tag, MAC_BYTES);
	cryptoRefuseOverlap(the, tag, data);
	cryptoRequire(the, macCompute(key, data.bytes, data.length, tag.bytes));
}
