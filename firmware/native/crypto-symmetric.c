// SPDX-License-Identifier: Apache-2.0

/* Randomness, SHA-256, secrets, AEAD and HMAC. */

#include "crypto.h"

#define CCM_8 PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 8)

static const CryptoAead gAeads[] = {
	{ 1, PSA_KEY_TYPE_AES, PSA_ALG_GCM, 16, 12, 16 },
	{ 10, PSA_KEY_TYPE_AES, CCM_8, 16, 13, 8 },
	{ 24, PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305, 32, 12, 16 },
	{ 30, PSA_KEY_TYPE_AES, PSA_ALG_CCM, 16, 13, 16 },
};

/* random(target) */
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
	CryptoRecord *secret = cryptoCreate(the, kindSecret, length);
	memcpy(secret->bytes, cryptoReadable(the, 0).bytes, length);
}

/* length(secret): bytes. */
void xs_pnecrypto_length(xsMachine *the)
{
	cryptoArguments(the, 1);
	xsmcSetInteger(xsResult, (xsIntegerValue)cryptoRecord(the, 0, kindSecret)->length);
}

static const CryptoAead *aeadArgument(xsMachine *the, int index)
{
	int cose = cryptoInteger(the, index, 0, INT16_MAX);
	for (size_t i = 0; i < sizeof(gAeads) / sizeof(gAeads[0]); i++) {
		if (gAeads[i].cose == cose)
			return &gAeads[i];
	}
	xsRangeError("crypto: %d is no AEAD", cose);
	return NULL;
}

/* aeadKey(secret, algorithm): a key of the COSE algorithm. */
void xs_pnecrypto_aeadKey(xsMachine *the)
{
	cryptoArguments(the, 2);
	const CryptoRecord *secret = cryptoRecord(the, 0, kindSecret);
	const CryptoAead *aead = aeadArgument(the, 1);
	if (secret->length != aead->keyLength)
		xsRangeError("crypto: a key of %d bytes", (int)secret->length);
	CryptoRecord *key = cryptoCreate(the, kindAead, 0);
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_set_key_type(&attributes, aead->type);
	psa_set_key_algorithm(&attributes, aead->algorithm);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
	key->aead = aead;
	cryptoRequire(the, cryptoImport(the, &attributes, secret->bytes, secret->length, &key->id));
}

/* seal(key, nonce, aad, plaintext, output): output becomes ciphertext and tag. */
void xs_pnecrypto_seal(xsMachine *the)
{
	size_t written;
	cryptoArguments(the, 5);
	const CryptoRecord *key = cryptoRecord(the, 0, kindAead);
	CryptoBuffer nonce = cryptoReadable(the, 1);
	CryptoBuffer aad = cryptoReadable(the, 2);
	CryptoBuffer plaintext = cryptoReadable(the, 3);
	CryptoBuffer output = cryptoWritable(the, 4);
	cryptoRequireLength(the, nonce, key->aead->nonceLength);
	cryptoRequireLength(the, output, plaintext.length + key->aead->tagLength);
	cryptoRefuseOverlap(the, output, nonce);
	cryptoRefuseOverlap(the, output, aad);
	cryptoRefuseOverlap(the, output, plaintext);
	cryptoRequire(the, psa_aead_encrypt(key->id, key->aead->algorithm, nonce.bytes, nonce.length, aad.bytes,
		aad.length, plaintext.bytes, plaintext.length, output.bytes, output.length, &written));
}

/* open(key, nonce, aad, ciphertext, output): whether the tag verified. Else output holds no plaintext. */
void xs_pnecrypto_open(xsMachine *the)
{
	size_t written;
	cryptoArguments(the, 5);
	const CryptoRecord *key = cryptoRecord(the, 0, kindAead);
	CryptoBuffer nonce = cryptoReadable(the, 1);
	CryptoBuffer aad = cryptoReadable(the, 2);
	CryptoBuffer ciphertext = cryptoReadable(the, 3);
	CryptoBuffer output = cryptoWritable(the, 4);
	cryptoRequireLength(the, nonce, key->aead->nonceLength);
	cryptoRequireLength(the, ciphertext, output.length + key->aead->tagLength);
	cryptoRefuseOverlap(the, output, nonce);
	cryptoRefuseOverlap(the, output, aad);
	cryptoRefuseOverlap(the, output, ciphertext);
	psa_status_t status = psa_aead_decrypt(key->id, key->aead->algorithm, nonce.bytes, nonce.length, aad.bytes,
		aad.length, ciphertext.bytes, ciphertext.length, output.bytes, output.length, &written);
	if (status != PSA_ERROR_INVALID_SIGNATURE)
		cryptoRequire(the, status);
	xsmcSetBoolean(xsResult, status == PSA_SUCCESS);
}

/* macKey(secret): a key of HMAC-SHA-256. */
void xs_pnecrypto_macKey(xsMachine *the)
{
	cryptoArguments(the, 1);
	const CryptoRecord *secret = cryptoRecord(the, 0, kindSecret);
	CryptoRecord *key = cryptoCreate(the, kindMac, 0);
	cryptoRequire(the, cryptoImportMac(the, secret->bytes, secret->length, &key->id));
}

/* mac(key, data, tag): all 32 bytes. */
void xs_pnecrypto_mac(xsMachine *the)
{
	size_t written;
	cryptoArguments(the, 3);
	const CryptoRecord *key = cryptoRecord(the, 0, kindMac);
	CryptoBuffer data = cryptoReadable(the, 1);
	CryptoBuffer tag = cryptoWritable(the, 2);
	cryptoRequireLength(the, tag, SHA256_BYTES);
	cryptoRefuseOverlap(the, tag, data);
	cryptoRequire(the, psa_mac_compute(key->id, PSA_ALG_HMAC(PSA_ALG_SHA_256), data.bytes, data.length,
		tag.bytes, tag.length, &written));
}
