// SPDX-License-Identifier: Apache-2.0

/* Arguments and host objects of the native crypto provider. */

#include "crypto.h"
#include "record.h"

#include <stdlib.h>

static void destroy(void *data);

#define HOOKS { destroy, NULL, NULL }

/*
 * XS collects when its own heap is full, and does not see what its garbage holds on the C heap: nobody would collect
 * before that is full too. So objects are counted, those that were neither wiped nor collected.
 */
enum { SPARE_HANDLES = 16 };
static size_t gHandles = 0;
static size_t gCollectAt = SPARE_HANDLES;

/* One for each kind: their addresses tell the kinds apart. */
static const xsHostHooks gHooks[kindCount] = { HOOKS, HOOKS, HOOKS, HOOKS, HOOKS, HOOKS };

/* More than an AEAD of mbedTLS takes of the stack. */
enum { SCRUBBED_BYTES = 1536 };

void cryptoZeroize(void *bytes, size_t length)
{
	static void *(*const volatile set)(void *, int, size_t) = memset;
	set(bytes, 0, length);
}

__attribute__((noinline)) void cryptoScrub(void)
{
	uint8_t below[SCRUBBED_BYTES];
	cryptoZeroize(below, sizeof(below));
}

/* Ends the use of keys that are not bytes of the handle's own. */
static void closeKeys(CryptoHandle *handle)
{
	void *data = handle->data;
	switch (handle->kind) {
	case kindAead:
		aeadClose(data);
		break;
	case kindMac:
		macClose(data);
		break;
	case kindPrivate:
		psa_destroy_key(((CryptoPrivate *)data)->id);
		break;
	case kindSender:
		recordClose(&((RecordSender *)data)->direction);
		break;
	case kindRecipient:
		recordClose(&((RecordRecipient *)data)->direction);
		break;
	default:
		break;
	}
}

/* XS calls it when it collects the object, with NULL where that was wiped before. */
static void destroy(void *data)
{
	CryptoHandle *handle = data;
	if (!handle)
		return;
	closeKeys(handle);
	cryptoZeroize(handle, sizeof(*handle) + handle->length);
	free(handle);
	gHandles--;
}

void cryptoArguments(xsMachine *the, int count)
{
	if ((int)xsmcArgc < count)
		xsTypeError("crypto: too few arguments");
}

int64_t cryptoNumber(xsMachine *the, int index, int64_t minimum, int64_t maximum)
{
	xsType type = xsmcTypeOf(xsArg(index));
	if (type == xsIntegerType) {
		/* Doubles are software on small chips. */
		int64_t integer = xsmcToInteger(xsArg(index));
		if (integer < minimum || integer > maximum)
			xsRangeError("crypto: argument %d is out of range", index);
		return integer;
	}
	if (type != xsNumberType)
		xsTypeError("crypto: argument %d is no number", index);
	xsNumberValue number = xsmcToNumber(xsArg(index));
	if (!(number >= (double)minimum && number <= (double)maximum) || number != (double)(int64_t)number)
		xsRangeError("crypto: argument %d is out of range", index);
	return (int64_t)number;
}

int cryptoInteger(xsMachine *the, int index, int minimum, int maximum)
{
	return (int)cryptoNumber(the, index, minimum, maximum);
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

int cryptoOverlap(CryptoBuffer output, CryptoBuffer input)
{
	uintptr_t a = (uintptr_t)output.bytes;
	uintptr_t b = (uintptr_t)input.bytes;
	return output.length && input.length && a < b + input.length && b < a + output.length;
}

/* Nobody says what the functions do then, except for equal addresses in some of them. */
void cryptoRefuseOverlap(xsMachine *the, CryptoBuffer output, CryptoBuffer input)
{
	if (cryptoOverlap(output, input))
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

/* What is garbage is never much more than what is not. */
static void collectHandles(xsMachine *the)
{
	if (gHandles < gCollectAt)
		return;
	xsCollectGarbage();
	gCollectAt = 2 * gHandles + SPARE_HANDLES;
}

/* A buffer of length 0 to XS: `new Uint8Array(object)` and natives that take buffers see nothing of it. */
CryptoHandle *cryptoCreate(xsMachine *the, CryptoKind kind, size_t length)
{
	cryptoStart(the);
	collectHandles(the);
	xsResult = xsNewHostObject(NULL);
	xsSetHostHooks(xsResult, (xsHostHooks *)&gHooks[kind]);
	xsmcSetHostBuffer(xsResult, NULL, 0);
	CryptoHandle *handle = calloc(1, sizeof(CryptoHandle) + length);
	if (!handle) {
		/* Objects that nobody needs any more may hold it. */
		xsCollectGarbage();
		handle = calloc(1, sizeof(CryptoHandle) + length);
	}
	if (!handle)
		xsUnknownError("crypto: no memory");
	gHandles++;
	handle->kind = kind;
	handle->length = length;
	xsmcSetHostData(xsResult, handle);
	return handle;
}

CryptoHandle *cryptoHandle(xsMachine *the, int index, CryptoKind kind)
{
	CryptoHandle *handle = xsmcGetHostDataValidate(xsArg(index), (void *)&gHooks[kind]);
	if (!handle)
		xsUnknownError("crypto: argument %d was wiped", index);
	return handle;
}

void cryptoDiscard(xsMachine *the, CryptoHandle *handle)
{
	xsmcSetHostData(xsResult, NULL);
	destroy(handle);
	xsmcSetUndefined(xsResult);
}

/* wipe(object): of any kind. Safe to call twice. A sender and a recipient keep their counts. */
void xs_pnecrypto_wipe(xsMachine *the)
{
	cryptoArguments(the, 1);
	const xsHostHooks *hooks = fxGetHostHooks(the, &xsArg(0));
	for (int kind = 0; kind < kindCount; kind++) {
		if (hooks != &gHooks[kind])
			continue;
		CryptoHandle *handle = xsmcGetHostData(xsArg(0));
		if (kind == kindSender || kind == kindRecipient) {
			closeKeys(handle);
			return;
		}
		destroy(handle);
		xsmcSetHostData(xsArg(0), NULL);
		return;
	}
	xsTypeError("crypto: argument 0 is no key");
}
