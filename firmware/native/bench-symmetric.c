// SPDX-License-Identifier: Apache-2.0

/* AEAD, HMAC, SHA-256 and HKDF as the native provider calls them. */

#include "aead.h"
#include "bench.h"
#include "mac.h"

#include <string.h>

/* RFC 8613's Enc_structure for small identifiers is about as long. HKDF's inputs are those of RFC 5869's case 1. */
enum { AAD_BYTES = 20, IKM_BYTES = 22, SALT_BYTES = 13, INFO_BYTES = 10 };

static AeadKey gKey;
static MacKey gMac;
static uint8_t gInput[BENCH_MAX_BYTES];
static uint8_t gSealed[BENCH_MAX_BYTES + AEAD_TAG_MAX];
static uint8_t gOutput[BENCH_MAX_BYTES + AEAD_TAG_MAX];

static psa_status_t seal(const BenchProgram *program)
{
	return aeadSeal(&gKey, gInput, gInput, AAD_BYTES, gInput, program->bytes, gSealed);
}

static psa_status_t unseal(const BenchProgram *program)
{
	return aeadOpen(&gKey, gInput, gInput, AAD_BYTES, gSealed, program->bytes, gOutput);
}

static psa_status_t openAead(const BenchProgram *program)
{
	benchFill(gInput, sizeof(gInput));
	psa_status_t status = aeadSetKey(&gKey, aeadAlgorithm(program->algorithm), gInput);
	return status == PSA_SUCCESS ? seal(program) : status;
}

static void closeAead(void)
{
	aeadClose(&gKey);
	memset(&gKey, 0, sizeof(gKey));
}

static psa_status_t openMac(const BenchProgram *program)
{
	(void)program;
	benchFill(gInput, sizeof(gInput));
	return macSetKey(&gMac, gInput, MAC_BYTES);
}

static psa_status_t mac(const BenchProgram *program)
{
	return macCompute(&gMac, gInput, program->bytes, gOutput);
}

static void closeMac(void)
{
	macClose(&gMac);
	memset(&gMac, 0, sizeof(gMac));
}

static psa_status_t openInput(const BenchProgram *program)
{
	(void)program;
	benchFill(gInput, sizeof(gInput));
	return PSA_SUCCESS;
}

static psa_status_t hash(const BenchProgram *program)
{
	size_t written;
	return psa_hash_compute(PSA_ALG_SHA_256, gInput, program->bytes, gOutput, MAC_BYTES, &written);
}

/* One key, one message. */
static psa_status_t macOnce(const uint8_t *key, size_t keyLength, const uint8_t *message, size_t length, uint8_t *mac)
{
	MacKey once = { 0 };
	psa_status_t status = macSetKey(&once, key, keyLength);
	if (status == PSA_SUCCESS)
		status = macCompute(&once, message, length, mac);
	macClose(&once);
	return status;
}

/* T(n) = HMAC(key, T(n - 1) | info | n), for up to two blocks of output. */
static psa_status_t expand(const MacKey *key, size_t bytes)
{
	uint8_t message[MAC_BYTES + INFO_BYTES + 1];
	uint8_t n = 1;
	size_t chained = 0;
	psa_status_t status = PSA_SUCCESS;
	for (size_t at = 0; status == PSA_SUCCESS && at < bytes; at += MAC_BYTES) {
		memcpy(message + chained, gInput, INFO_BYTES);
		message[chained + INFO_BYTES] = n++;
		status = macCompute(key, message, chained + INFO_BYTES + 1, gOutput + at);
		memcpy(message, gOutput + at, MAC_BYTES);
		chained = MAC_BYTES;
	}
	return status;
}

static psa_status_t derive(const BenchProgram *program)
{
	uint8_t pseudorandomKey[MAC_BYTES];
	MacKey key = { 0 };
	psa_status_t status = macOnce(gInput, SALT_BYTES, gInput, IKM_BYTES, pseudorandomKey);
	if (status == PSA_SUCCESS)
		status = macSetKey(&key, pseudorandomKey, MAC_BYTES);
	if (status == PSA_SUCCESS)
		status = expand(&key, program->bytes);
	macClose(&key);
	return status;
}

static void closeNothing(void)
{
}

#define SIZE(name, algorithm, bytes) \
	{ "seal " name, bytes, algorithm, openAead, seal, closeAead }, \
	{ "open " name, bytes, algorithm, openAead, unseal, closeAead }
#define AEAD(name, algorithm) \
	SIZE(name, algorithm, 16), SIZE(name, algorithm, 64), SIZE(name, algorithm, 256), SIZE(name, algorithm, 1024)

const BenchProgram gBenchSymmetric[] = {
	AEAD("AES-CCM-16-64-128", 10),
	AEAD("AES-CCM-16-128-128", 30),
	AEAD("A128GCM", 1),
	AEAD("ChaCha20/Poly1305", 24),
	{ "compute HMAC 256/256", 64, 0, openMac, mac, closeMac },
	{ "hash SHA-256", 1024, 0, openInput, hash, closeNothing },
	{ "derive HKDF-SHA-256", 42, 0, openInput, derive, closeNothing },
};
const size_t gBenchSymmetricCount = sizeof(gBenchSymmetric) / sizeof(gBenchSymmetric[0]);
