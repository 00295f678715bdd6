// SPDX-License-Identifier: Apache-2.0

/*
 * Curve operations as the native provider calls them, and those that a handshake cannot do without (RFC 9528
 * section 4): under the names of a handshake's sides is here what they are measured against.
 */

#include "bench.h"
#include "crypto-point.h"

#include <string.h>

enum { CURVE_P256 = 1, CURVE_X25519 = 4, COORDINATE_BYTES = 32, POINT_BYTES = 65 };

/* Of the four messages together, with method 3, with method 0 and by a pre-shared key. */
enum { STATIC_BYTES = 110, SIGNED_BYTES = 225, RESUMED_BYTES = 94 };

#define SIGNATURE PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)

static mbedtls_svc_key_id_t gKey;
static mbedtls_svc_key_id_t gPublicKey;
static uint8_t gPoint[POINT_BYTES];
static size_t gPointLength;
static uint8_t gMessage[64];
static uint8_t gSignature[64];

static psa_status_t import(int curve, mbedtls_svc_key_id_t *id)
{
	uint8_t bytes[COORDINATE_BYTES];
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_ecc_family_t family = curve == CURVE_P256 ? PSA_ECC_FAMILY_SECP_R1 : PSA_ECC_FAMILY_MONTGOMERY;
	memset(bytes, 3, sizeof(bytes));
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(family));
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDH);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DERIVE | PSA_KEY_USAGE_SIGN_MESSAGE);
	if (curve == CURVE_P256)
		psa_set_key_enrollment_algorithm(&attributes, SIGNATURE);
	return psa_import_key(&attributes, bytes, sizeof(bytes), id);
}

static psa_status_t importPublic(void)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_MESSAGE);
	return psa_import_key(&attributes, gPoint, gPointLength, &gPublicKey);
}

static psa_status_t generate(const BenchProgram *program)
{
	uint8_t point[POINT_BYTES];
	size_t written;
	mbedtls_svc_key_id_t id = MBEDTLS_SVC_KEY_ID_INIT;
	psa_status_t status = import(program->algorithm, &id);
	if (status == PSA_SUCCESS)
		status = psa_export_public_key(id, point, sizeof(point), &written);
	psa_destroy_key(id);
	return status;
}

static psa_status_t agreeWith(const uint8_t *point)
{
	uint8_t shared[COORDINATE_BYTES];
	size_t written;
	return psa_raw_key_agreement(PSA_ALG_ECDH, gKey, point, gPointLength, shared, sizeof(shared), &written);
}

static psa_status_t agree(const BenchProgram *program)
{
	(void)program;
	return agreeWith(gPoint);
}

/* With a public key that came as x alone. */
static psa_status_t agreeWithX(const BenchProgram *program)
{
	uint8_t point[POINT_BYTES];
	(void)program;
	memcpy(point, gPoint, 1 + COORDINATE_BYTES);
	if (!cryptoP256Decompress(point + 1, point + 1 + COORDINATE_BYTES))
		return PSA_ERROR_INVALID_ARGUMENT;
	return agreeWith(point);
}

static psa_status_t sign(const BenchProgram *program)
{
	size_t written;
	return psa_sign_message(gKey, SIGNATURE, gMessage, program->bytes, gSignature, sizeof(gSignature), &written);
}

/* The public key is the peer's: it is imported each time. */
static psa_status_t verify(const BenchProgram *program)
{
	psa_status_t status = importPublic();
	if (status == PSA_SUCCESS)
		status = psa_verify_message(gPublicKey, PSA_ALG_ECDSA(PSA_ALG_SHA_256), gMessage, program->bytes, gSignature,
			sizeof(gSignature));
	psa_destroy_key(gPublicKey);
	return status;
}

static psa_status_t openKey(const BenchProgram *program)
{
	memset(gMessage, 7, sizeof(gMessage));
	psa_status_t status = import(program->algorithm, &gKey);
	if (status == PSA_SUCCESS)
		status = psa_export_public_key(gKey, gPoint, sizeof(gPoint), &gPointLength);
	return status;
}

static psa_status_t openSignature(const BenchProgram *program)
{
	psa_status_t status = openKey(program);
	return status == PSA_SUCCESS ? sign(program) : status;
}

static void closeKey(void)
{
	psa_destroy_key(gKey);
	gKey = MBEDTLS_SVC_KEY_ID_INIT;
}

/* Method 3: an ephemeral key, the agreement of both ephemeral keys, and one of each end's static key. */
static psa_status_t staticSide(const BenchProgram *program)
{
	psa_status_t status = generate(program);
	if (status == PSA_SUCCESS)
		status = agreeWithX(program);
	if (status == PSA_SUCCESS)
		status = agreeWithX(program);
	return status == PSA_SUCCESS ? agree(program) : status;
}

/* Method 0: an ephemeral key, one agreement, a signature made and one verified. */
static psa_status_t signingSide(const BenchProgram *program)
{
	psa_status_t status = generate(program);
	if (status == PSA_SUCCESS)
		status = agreeWithX(program);
	if (status == PSA_SUCCESS)
		status = sign(program);
	return status == PSA_SUCCESS ? verify(program) : status;
}

/* By a pre-shared key: an ephemeral key and one agreement. */
static psa_status_t resumingSide(const BenchProgram *program)
{
	psa_status_t status = generate(program);
	return status == PSA_SUCCESS ? agreeWithX(program) : status;
}

const BenchProgram gBenchCurves[] = {
	{ "key P-256", COORDINATE_BYTES, CURVE_P256, openKey, generate, closeKey },
	{ "agree P-256", COORDINATE_BYTES, CURVE_P256, openKey, agreeWithX, closeKey },
	{ "sign ES256", sizeof(gMessage), CURVE_P256, openSignature, sign, closeKey },
	{ "verify ES256", sizeof(gMessage), CURVE_P256, openSignature, verify, closeKey },
	{ "key X25519", COORDINATE_BYTES, CURVE_X25519, openKey, generate, closeKey },
	{ "agree X25519", COORDINATE_BYTES, CURVE_X25519, openKey, agree, closeKey },
	{ "handshake.initiator", STATIC_BYTES, CURVE_P256, openKey, staticSide, closeKey },
	{ "handshake.responder", STATIC_BYTES, CURVE_P256, openKey, staticSide, closeKey },
	{ "handshake.curves", STATIC_BYTES, CURVE_P256, openKey, staticSide, closeKey },
	{ "handshake.initiator", SIGNED_BYTES, CURVE_P256, openSignature, signingSide, closeKey },
	{ "handshake.responder", SIGNED_BYTES, CURVE_P256, openSignature, signingSide, closeKey },
	{ "handshake.curves", SIGNED_BYTES, CURVE_P256, openSignature, signingSide, closeKey },
	{ "handshake.initiator", RESUMED_BYTES, CURVE_P256, openKey, resumingSide, closeKey },
	{ "handshake.responder", RESUMED_BYTES, CURVE_P256, openKey, resumingSide, closeKey },
	{ "handshake.curves", RESUMED_BYTES, CURVE_P256, openKey, resumingSide, closeKey },
};
const size_t gBenchCurveCount = sizeof(gBenchCurves) / sizeof(gBenchCurves[0]);
