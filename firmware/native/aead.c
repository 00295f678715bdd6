// SPDX-License-Identifier: Apache-2.0

#include "aead.h"

#include <mbedtls/platform_util.h>
#include <string.h>

static const AeadAlgorithm gAlgorithms[] = {
	{ 1, aeadGcm, 16, 12, 16 },
	{ 10, aeadCcm, 16, 13, 8 },
	{ 24, aeadChaChaPoly, 32, 12, 16 },
	{ 30, aeadCcm, 16, 13, 16 },
};

const AeadAlgorithm *aeadAlgorithm(int cose)
{
	for (size_t i = 0; i < sizeof(gAlgorithms) / sizeof(gAlgorithms[0]); i++) {
		if (gAlgorithms[i].cose == cose)
			return &gAlgorithms[i];
	}
	return NULL;
}

#if AEAD_CLASSIC

/* A key has the right length: what is left to fail is memory. */
psa_status_t aeadSetKey(AeadKey *key, const AeadAlgorithm *algorithm, const uint8_t *bytes)
{
	int status = 0;
	key->algorithm = algorithm;
	switch (algorithm->cipher) {
	case aeadCcm:
		mbedtls_ccm_init(&key->context.ccm);
		status = mbedtls_ccm_setkey(&key->context.ccm, MBEDTLS_CIPHER_ID_AES, bytes, 128);
		break;
	case aeadGcm:
		mbedtls_gcm_init(&key->context.gcm);
		status = mbedtls_gcm_setkey(&key->context.gcm, MBEDTLS_CIPHER_ID_AES, bytes, 128);
		break;
	case aeadChaChaPoly:
		mbedtls_chachapoly_init(&key->context.chaChaPoly);
		status = mbedtls_chachapoly_setkey(&key->context.chaChaPoly, bytes);
		break;
	}
	return status ? PSA_ERROR_INSUFFICIENT_MEMORY : PSA_SUCCESS;
}

psa_status_t aeadSeal(AeadKey *key, const uint8_t *nonce, const uint8_t *aad, size_t aadLength,
	const uint8_t *plaintext, size_t length, uint8_t *output)
{
	const AeadAlgorithm *algorithm = key->algorithm;
	uint8_t *tag = output + length;
	int status = 0;
	switch (algorithm->cipher) {
	case aeadCcm:
		status = mbedtls_ccm_encrypt_and_tag(&key->context.ccm, length, nonce, algorithm->nonceLength, aad,
			aadLength, plaintext, output, tag, algorithm->tagLength);
		break;
	case aeadGcm:
		status = mbedtls_gcm_crypt_and_tag(&key->context.gcm, MBEDTLS_GCM_ENCRYPT, length, nonce,
			algorithm->nonceLength, aad, aadLength, plaintext, output, algorithm->tagLength, tag);
		break;
	case aeadChaChaPoly:
		status = mbedtls_chachapoly_encrypt_and_tag(&key->context.chaChaPoly, length, nonce, aad, aadLength,
			plaintext, output, tag);
		break;
	}
	return status ? PSA_ERROR_INVALID_ARGUMENT : PSA_SUCCESS;
}

/* The status of a tag that does not verify is one value for each cipher. */
static psa_status_t openedStatus(int status, int forged)
{
	if (status == forged)
		return PSA_ERROR_INVALID_SIGNATURE;
	return status ? PSA_ERROR_INVALID_ARGUMENT : PSA_SUCCESS;
}

psa_status_t aeadOpen(AeadKey *key, const uint8_t *nonce, const uint8_t *aad, size_t aadLength,
	const uint8_t *ciphertext, size_t length, uint8_t *output)
{
	const AeadAlgorithm *algorithm = key->algorithm;
	const uint8_t *tag = ciphertext + length;
	switch (algorithm->cipher) {
	case aeadCcm:
		return openedStatus(mbedtls_ccm_auth_decrypt(&key->context.ccm, length, nonce, algorithm->nonceLength,
			aad, aadLength, ciphertext, output, tag, algorithm->tagLength), MBEDTLS_ERR_CCM_AUTH_FAILED);
	case aeadGcm:
		return openedStatus(mbedtls_gcm_auth_decrypt(&key->context.gcm, length, nonce, algorithm->nonceLength,
			aad, aadLength, tag, algorithm->tagLength, ciphertext, output), MBEDTLS_ERR_GCM_AUTH_FAILED);
	case aeadChaChaPoly:
		return openedStatus(mbedtls_chachapoly_auth_decrypt(&key->context.chaChaPoly, length, nonce, aad,
			aadLength, tag, ciphertext, output), MBEDTLS_ERR_CHACHAPOLY_AUTH_FAILED);
	}
	return PSA_ERROR_INVALID_ARGUMENT;
}

/* What mbedTLS allocated for it is wiped by mbedTLS. */
static void freeContext(AeadKey *key)
{
	switch (key->algorithm->cipher) {
	case aeadCcm:
		mbedtls_ccm_free(&key->context.ccm);
		break;
	case aeadGcm:
		mbedtls_gcm_free(&key->context.gcm);
		break;
	case aeadChaChaPoly:
		mbedtls_chachapoly_free(&key->context.chaChaPoly);
		break;
	}
}

#else

static psa_key_type_t keyType(const AeadAlgorithm *algorithm)
{
	return algorithm->cipher == aeadChaChaPoly ? PSA_KEY_TYPE_CHACHA20 : PSA_KEY_TYPE_AES;
}

static psa_algorithm_t psaAlgorithm(const AeadAlgorithm *algorithm)
{
	if (algorithm->cipher == aeadGcm)
		return PSA_ALG_GCM;
	if (algorithm->cipher == aeadChaChaPoly)
		return PSA_ALG_CHACHA20_POLY1305;
	return PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, algorithm->tagLength);
}

psa_status_t aeadSetKey(AeadKey *key, const AeadAlgorithm *algorithm, const uint8_t *bytes)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_set_key_type(&attributes, keyType(algorithm));
	psa_set_key_algorithm(&attributes, psaAlgorithm(algorithm));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
	key->algorithm = algorithm;
	return psa_import_key(&attributes, bytes, algorithm->keyLength, &key->id);
}

psa_status_t aeadSeal(AeadKey *key, const uint8_t *nonce, const uint8_t *aad, size_t aadLength,
	const uint8_t *plaintext, size_t length, uint8_t *output)
{
	const AeadAlgorithm *algorithm = key->algorithm;
	size_t written;
	return psa_aead_encrypt(key->id, psaAlgorithm(algorithm), nonce, algorithm->nonceLength, aad, aadLength,
		plaintext, length, output, length + algorithm->tagLength, &written);
}

psa_status_t aeadOpen(AeadKey *key, const uint8_t *nonce, const uint8_t *aad, size_t aadLength,
	const uint8_t *ciphertext, size_t length, uint8_t *output)
{
	const AeadAlgorithm *algorithm = key->algorithm;
	size_t written;
	psa_status_t status = psa_aead_decrypt(key->id, psaAlgorithm(algorithm), nonce, algorithm->nonceLength, aad,
		aadLength, ciphertext, length + algorithm->tagLength, output, length, &written);
	if (status != PSA_SUCCESS && length)
		memset(output, 0, length);
	return status;
}

static void freeContext(AeadKey *key)
{
	psa_destroy_key(key->id);
}

#endif

void aeadClose(AeadKey *key)
{
	if (key->algorithm)
		freeContext(key);
	mbedtls_platform_zeroize(key, sizeof(*key));
}
