// SPDX-License-Identifier: Apache-2.0

/* P-256 and X25519: private keys, key agreement, ECDSA. Curves are COSE's numbers (RFC 9053 section 7.1). */

#include "crypto.h"
#include "crypto-point.h"

enum { CURVE_P256 = 1, CURVE_X25519 = 4, COORDINATE_BYTES = 32, POINT_BYTES = 64 };

/* First byte of a point with both coordinates (SEC 1 section 2.3.3): PSA has it, COSE has not. */
#define UNCOMPRESSED 4

/* Does not depend on randomness (RFC 6979): a message signed again is the same bytes. */
#define SIGNATURE PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)

static int curveArgument(xsMachine *the, int index)
{
	int curve = cryptoInteger(the, index, CURVE_P256, CURVE_X25519);
	if (curve != CURVE_P256 && curve != CURVE_X25519)
		xsRangeError("crypto: %d is no curve", curve);
	return curve;
}

static size_t publicLength(int curve)
{
	return curve == CURVE_P256 ? POINT_BYTES : COORDINATE_BYTES;
}

static void describePrivate(int curve, psa_key_attributes_t *attributes)
{
	psa_set_key_algorithm(attributes, PSA_ALG_ECDH);
	if (curve == CURVE_X25519) {
		psa_set_key_type(attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY));
		psa_set_key_bits(attributes, 255);
		psa_set_key_usage_flags(attributes, PSA_KEY_USAGE_DERIVE | PSA_KEY_USAGE_EXPORT);
		return;
	}
	psa_set_key_type(attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(attributes, 256);
	psa_set_key_enrollment_algorithm(attributes, SIGNATURE);
	psa_set_key_usage_flags(attributes,
		PSA_KEY_USAGE_DERIVE | PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_EXPORT);
}

static psa_status_t importOrGenerate(const psa_key_attributes_t *attributes, const uint8_t *bytes, size_t length,
	mbedtls_svc_key_id_t *id)
{
	return bytes ? psa_import_key(attributes, bytes, length, id) : psa_generate_key(attributes, id);
}

/*
 * Generates a key where `bytes` is NULL. Collects garbage where PSA's store is full: objects that are still to be
 * collected hold places in it. `bytes` are not JavaScript's: they would move.
 */
static psa_status_t import(xsMachine *the, const psa_key_attributes_t *attributes, const uint8_t *bytes,
	size_t length, mbedtls_svc_key_id_t *id)
{
	psa_status_t status = importOrGenerate(attributes, bytes, length, id);
	if (status != PSA_ERROR_INSUFFICIENT_MEMORY)
		return status;
	xsCollectGarbage();
	return importOrGenerate(attributes, bytes, length, id);
}

static CryptoPrivate *createPrivate(xsMachine *the, int curve)
{
	CryptoPrivate *key = (CryptoPrivate *)cryptoCreate(the, kindPrivate, sizeof(CryptoPrivate))->data;
	key->curve = curve;
	return key;
}

/* Gives a new key its bytes, or random ones where they are NULL. */
static psa_status_t fillPrivate(xsMachine *the, CryptoPrivate *key, const uint8_t *bytes)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	describePrivate(key->curve, &attributes);
	return import(the, &attributes, bytes, COORDINATE_BYTES, &key->id);
}

/* Writes the public key to an argument. */
static void showPublic(xsMachine *the, const CryptoPrivate *key, int index)
{
	uint8_t point[1 + POINT_BYTES];
	size_t written;
	cryptoRequire(the, psa_export_public_key(key->id, point, sizeof(point), &written));
	size_t length = publicLength(key->curve);
	memcpy(cryptoWritable(the, index).bytes, point + written - length, length);
}

/* privateKey(curve, bytes, publicKey): a key with a copy of the bytes; publicKey is filled. */
void xs_pnecrypto_privateKey(xsMachine *the)
{
	uint8_t copy[COORDINATE_BYTES];
	cryptoArguments(the, 3);
	int curve = curveArgument(the, 0);
	cryptoRequireLength(the, cryptoReadable(the, 1), COORDINATE_BYTES);
	cryptoRequireLength(the, cryptoWritable(the, 2), publicLength(curve));
	CryptoPrivate *key = createPrivate(the, curve);
	memcpy(copy, cryptoReadable(the, 1).bytes, sizeof(copy));
	psa_status_t status = fillPrivate(the, key, copy);
	cryptoZeroize(copy, sizeof(copy));
	cryptoRequire(the, status);
	showPublic(the, key, 2);
}

/* privateKeyOf(curve, secret, publicKey): the same of a secret, or undefined where that is out of range. */
void xs_pnecrypto_privateKeyOf(xsMachine *the)
{
	cryptoArguments(the, 3);
	int curve = curveArgument(the, 0);
	const CryptoHandle *secret = cryptoHandle(the, 1, kindSecret);
	if (secret->length != COORDINATE_BYTES)
		xsRangeError("crypto: a private key of %d bytes", (int)secret->length);
	cryptoRequireLength(the, cryptoWritable(the, 2), publicLength(curve));
	CryptoPrivate *key = createPrivate(the, curve);
	psa_status_t status = fillPrivate(the, key, secret->data);
	if (status == PSA_ERROR_INVALID_ARGUMENT) {
		cryptoDiscard(the, xsmcGetHostData(xsResult));
		return;
	}
	cryptoRequire(the, status);
	showPublic(the, key, 2);
}

/* privateSecret(key): a secret with a copy of its bytes. Those of X25519 are clamped. */
void xs_pnecrypto_privateSecret(xsMachine *the)
{
	size_t written;
	cryptoArguments(the, 1);
	const CryptoPrivate *key = (CryptoPrivate *)cryptoHandle(the, 0, kindPrivate)->data;
	CryptoHandle *secret = cryptoCreate(the, kindSecret, COORDINATE_BYTES);
	cryptoRequire(the, psa_export_key(key->id, secret->data, COORDINATE_BYTES, &written));
}

/* generateKey(curve, publicKey): a key that never was outside; publicKey is filled. */
void xs_pnecrypto_generateKey(xsMachine *the)
{
	cryptoArguments(the, 2);
	int curve = curveArgument(the, 0);
	cryptoRequireLength(the, cryptoWritable(the, 1), publicLength(curve));
	CryptoPrivate *key = createPrivate(the, curve);
	cryptoRequire(the, fillPrivate(the, key, NULL));
	showPublic(the, key, 1);
}

/* The peer's public key as PSA takes it. Returns its length, 0 where no point has this x. */
static size_t peerOf(int curve, CryptoBuffer publicKey, uint8_t peer[1 + POINT_BYTES])
{
	if (curve == CURVE_X25519) {
		memcpy(peer, publicKey.bytes, COORDINATE_BYTES);
		return COORDINATE_BYTES;
	}
	peer[0] = UNCOMPRESSED;
	memcpy(peer + 1, publicKey.bytes, publicKey.length);
	if (publicKey.length == COORDINATE_BYTES && !cryptoP256Decompress(peer + 1, peer + 1 + COORDINATE_BYTES))
		return 0;
	return 1 + POINT_BYTES;
}

/* The other y of an x: p - y. No point of P-256 has y = 0. */
static void negate(uint8_t y[COORDINATE_BYTES])
{
	static const uint8_t p[COORDINATE_BYTES] = {
		0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	int borrow = 0;
	for (int i = COORDINATE_BYTES - 1; i >= 0; i--) {
		int difference = p[i] - y[i] - borrow;
		borrow = difference < 0;
		y[i] = (uint8_t)difference;
	}
}

/* decompress(x, sign, publicKey): whether a point of P-256 has this x. Its y is odd where sign is 1. */
void xs_pnecrypto_decompress(xsMachine *the)
{
	uint8_t point[POINT_BYTES];
	cryptoArguments(the, 3);
	CryptoBuffer x = cryptoReadable(the, 0);
	cryptoRequireLength(the, x, COORDINATE_BYTES);
	int sign = cryptoInteger(the, 1, 0, 1);
	CryptoBuffer publicKey = cryptoWritable(the, 2);
	cryptoRequireLength(the, publicKey, POINT_BYTES);
	memcpy(point, x.bytes, COORDINATE_BYTES);
	int found = cryptoP256Decompress(point, point + COORDINATE_BYTES);
	if (found && (point[POINT_BYTES - 1] & 1) != sign)
		negate(point + COORDINATE_BYTES);
	if (found)
		memcpy(publicKey.bytes, point, POINT_BYTES);
	xsmcSetBoolean(xsResult, found);
}

/* RFC 7748 section 6.1. On P-256 the point with x = 0 is as good as any. */
static int isUsable(int curve, const uint8_t shared[COORDINATE_BYTES])
{
	uint8_t bits = 0;
	for (int i = 0; i < COORDINATE_BYTES; i++)
		bits |= shared[i];
	return curve != CURVE_X25519 || bits != 0;
}

/* agree(key, publicKey): x of the shared point as a secret, or undefined. publicKey is x ‖ y or x alone. */
void xs_pnecrypto_agree(xsMachine *the)
{
	uint8_t peer[1 + POINT_BYTES];
	size_t written;
	cryptoArguments(the, 2);
	const CryptoPrivate *key = (CryptoPrivate *)cryptoHandle(the, 0, kindPrivate)->data;
	CryptoBuffer publicKey = cryptoReadable(the, 1);
	if (publicKey.length != COORDINATE_BYTES)
		cryptoRequireLength(the, publicKey, publicLength(key->curve));
	size_t peerLength = peerOf(key->curve, publicKey, peer);
	if (!peerLength)
		return;
	CryptoHandle *shared = cryptoCreate(the, kindSecret, COORDINATE_BYTES);
	psa_status_t status = psa_raw_key_agreement(PSA_ALG_ECDH, key->id, peer, peerLength, shared->data,
		COORDINATE_BYTES, &written);
	if (status != PSA_ERROR_INVALID_ARGUMENT)
		cryptoRequire(the, status);
	if (status != PSA_SUCCESS || !isUsable(key->curve, shared->data))
		cryptoDiscard(the, shared);
}

/* sign(key, message, signature): ES256, r ‖ s. */
void xs_pnecrypto_sign(xsMachine *the)
{
	size_t written;
	cryptoArguments(the, 3);
	const CryptoPrivate *key = (CryptoPrivate *)cryptoHandle(the, 0, kindPrivate)->data;
	CryptoBuffer message = cryptoReadable(the, 1);
	CryptoBuffer signature = cryptoWritable(the, 2);
	cryptoRequireLength(the, signature, POINT_BYTES);
	cryptoRefuseOverlap(the, signature, message);
	cryptoRequire(the, psa_sign_message(key->id, SIGNATURE, message.bytes, message.length, signature.bytes,
		signature.length, &written));
}

static psa_status_t importPublic(xsMachine *the, const uint8_t point[1 + POINT_BYTES], mbedtls_svc_key_id_t *id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_MESSAGE);
	return import(the, &attributes, point, 1 + POINT_BYTES, id);
}

/* verify(publicKey, message, signature): ES256. A public key off the curve verifies nothing. */
void xs_pnecrypto_verify(xsMachine *the)
{
	uint8_t point[1 + POINT_BYTES] = { UNCOMPRESSED };
	mbedtls_svc_key_id_t id = MBEDTLS_SVC_KEY_ID_INIT;
	cryptoArguments(the, 3);
	cryptoStart(the);
	CryptoBuffer publicKey = cryptoReadable(the, 0);
	cryptoRequireLength(the, publicKey, POINT_BYTES);
	cryptoReadable(the, 1);
	cryptoRequireLength(the, cryptoReadable(the, 2), POINT_BYTES);
	memcpy(point + 1, publicKey.bytes, POINT_BYTES);
	psa_status_t status = importPublic(the, point, &id);
	if (status == PSA_SUCCESS) {
		CryptoBuffer message = cryptoReadable(the, 1);
		CryptoBuffer signature = cryptoReadable(the, 2);
		status = psa_verify_message(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), message.bytes, message.length,
			signature.bytes, signature.length);
	}
	psa_destroy_key(id);
	if (status != PSA_ERROR_INVALID_ARGUMENT && status != PSA_ERROR_INVALID_SIGNATURE)
		cryptoRequire(the, status);
	xsmcSetBoolean(xsResult, status == PSA_SUCCESS);
}
