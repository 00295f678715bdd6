// SPDX-License-Identifier: Apache-2.0

/* Arguments and host objects of the native crypto provider. */

#include "crypto.h"

#include <stdlib.h>

static void destroy(void *data);

/* One for each kind: their addresses tell the kinds apart. */
static const xsHostHooks gHooks[kindCount] = {
	{ destroy, NULL, NULL }, { destroy, NULL, NULL }, { destroy, NULL, NULL }, { destroy, NULL, NULL },
};

void cryptoZeroize(void *bytes, size_t length)
{
	static void *(*const volatile set)(void *, int, size_t) = memset;
	set(bytes, 0, length);
}

/* XS calls it when it collects the object, with NULL where that was wiped before. */
static void destroy(void *data)
{
	CryptoRecord *record = data;
	if (!record)
		return;
	psa_destroy_key(record->id);
	cryptoZeroize(record, sizeof(*record) + record->length);
	free(record);
}

void cryptoArguments(xsMachine *the, int count)
{
	if ((int)xsmcArgc < count)
		xsTypeError("crypto: too few arguments");
}

int cryptoInteger(xsMachine *the, int index, int minimum, int maximum)
{
	xsType type = xsmcTypeOf(xsArg(index));
	if (type != xsIntegerType && type != xsNumberType)
		xsTypeError("crypto: argument %d is no number", index);
	xsNumberValue number = xsmcToNumber(xsArg(index));
	if (!(number >= minimum && number <= maximum) || number != (int)number)
		xsRangeError("crypto: argument %d is out of range", index);
	return (int)number;
}

/* A host object is never a buffer here: XS takes its memory for one of any length that JavaScript claims. */
static CryptoBuffer bufferOf(xsMachine *the, int index, xsBooleanValue writable)
{
	void *bytes = NULL;
	xsUnsignedValue length = 0;
	if (_xsmcGetBuffer(the, &xsArg(index), &bytes, &length, writable) != xsBufferRelocatable)
		xsTypeError("crypto: argument %d is no buffer", index);
	return (CryptoBuffer){ bytes, length };
}

CryptoBuffer cryptoReadable(xsMachine *the, int index)
{
	return bufferOf(the, index, 0);
}

CryptoBuffer cryptoWritable(xsMachine *the, int index)
{
	return bufferOf(the, index, 1);
}

void cryptoRequireLength(xsMachine *the, CryptoBuffer buffer, size_t length)
{
	if (buffer.length != length)
		xsRangeError("crypto: a buffer of %d bytes instead of %d", (int)buffer.length, (int)length);
}

/* PSA does not say what it does then, except for equal addresses in some functions. */
void cryptoRefuseOverlap(xsMachine *the, CryptoBuffer output, CryptoBuffer input)
{
	uintptr_t a = (uintptr_t)output.bytes;
	uintptr_t b = (uintptr_t)input.bytes;
	if (output.length && input.length && a < b + input.length && b < a + output.length)
		xsRangeError("crypto: the output overlaps an input");
}

void cryptoRequire(xsMachine *the, psa_status_t status)
{
	if (status != PSA_SUCCESS)
		xsUnknownError("crypto: PSA status %d", (int)status);
}

void cryptoStart(xsMachine *the)
{
	cryptoRequire(the, psa_crypto_init());
}

/* A buffer of length 0 to XS: `new Uint8Array(object)` and natives that take buffers see nothing of it. */
CryptoRecord *cryptoCreate(xsMachine *the, CryptoKind kind, size_t length)
{
	cryptoStart(the);
	xsResult = xsNewHostObject(NULL);
	xsSetHostHooks(xsResult, (xsHostHooks *)&gHooks[kind]);
	xsmcSetHostBuffer(xsResult, NULL, 0);
	CryptoRecord *record = calloc(1, sizeof(CryptoRecord) + length);
	if (!record)
		xsUnknownError("crypto: no memory");
	record->length = length;
	xsmcSetHostData(xsResult, record);
	return record;
}

CryptoRecord *cryptoRecord(xsMachine *the, int index, CryptoKind kind)
{
	CryptoRecord *record = xsmcGetHostDataValidate(xsArg(index), (void *)&gHooks[kind]);
	if (!record)
		xsUnknownError("crypto: argument %d was wiped", index);
	return record;
}

void cryptoDiscard(xsMachine *the, CryptoRecord *record)
{
	xsmcSetHostData(xsResult, NULL);
	destroy(record);
	xsmcSetUndefined(xsResult);
}

/* wipe(object): of any kind. Safe to call twice. */
void xs_pnecrypto_wipe(xsMachine *the)
{
	cryptoArguments(the, 1);
	const xsHostHooks *hooks = fxGetHostHooks(the, &xsArg(0));
	for (int kind = 0; kind < kindCount; kind++) {
		if (hooks != &gHooks[kind])
			continue;
		destroy(xsmcGetHostData(xsArg(0)));
		xsmcSetHostData(xsArg(0), NULL);
		return;
	}
	xsTypeError("crypto: argument 0 is no key");
}

static psa_status_t import(const psa_key_attributes_t *attributes, const uint8_t *bytes, size_t length,
	mbedtls_svc_key_id_t *id)
{
	return bytes ? psa_import_key(attributes, bytes, length, id) : psa_generate_key(attributes, id);
}

psa_status_t cryptoImport(xsMachine *the, const psa_key_attributes_t *attributes, const uint8_t *bytes,
	size_t length, mbedtls_svc_key_id_t *id)
{
	psa_status_t status = import(attributes, bytes, length, id);
	if (status != PSA_ERROR_INSUFFICIENT_MEMORY)
		return status;
	xsCollectGarbage();
	return import(attributes, bytes, length, id);
}

psa_status_t cryptoImportMac(xsMachine *the, const uint8_t *bytes, size_t length, mbedtls_svc_key_id_t *id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
	psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
	return cryptoImport(the, &attributes, bytes, length, id);
}
