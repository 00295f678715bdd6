// SPDX-License-Identifier: Apache-2.0

/*
 * A JavaScript value as a payload, in one call. It looks at the engine's slots and runs no JavaScript, so that the
 * value cannot change meanwhile: what would have to run some, a getter or a proxy, is refused. Nothing is allocated
 * but the result.
 */

#include "payload-engine.h"

#include "payload-text.h"

/* Payloads of up to so many bytes are written on the stack while they are measured. */
enum { SHORT_BYTES = 192 };

typedef struct {
	PayloadWriter writer;
	/* What the scan would count, and the first of what it would refuse (src/payload/scan.ts). */
	size_t entries;
	PayloadReason refused;
} Encoding;

static PayloadReason encodeValue(txMachine *the, Encoding *encoding, txSlot *value, int depth);

static void refuseLater(Encoding *encoding, PayloadReason reason)
{
	if (encoding->refused == payloadFine)
		encoding->refused = reason;
}

static PayloadReason written(const Encoding *encoding)
{
	return encoding->writer.length > PAYLOAD_MAX_WRITTEN ? payloadTooLong : payloadFine;
}

/* What JavaScript says `length` is: characters, or halves of them. The engine's own count takes other arguments in XS 17. */
static size_t lengthOf(const char *text)
{
	size_t length = 0;
	for (; *text; text++)
		length += (*text & 0xc0) != 0x80;
	return length;
}

static bool isTooLong(txString text)
{
	return c_strlen(text) > PAYLOAD_MAX_TEXT && lengthOf(text) > PAYLOAD_MAX_TEXT;
}

static PayloadReason encodeText(Encoding *encoding, txString text)
{
	size_t length = 0;
	if (payloadPutShortText(&encoding->writer, text))
		return payloadFine;
	if (isTooLong(text))
		return payloadTooLong;
	PayloadReason reason = payloadEncodeText(&encoding->writer, text, &length);
	if (length > PAYLOAD_MAX_TEXT)
		refuseLater(encoding, payloadTooLong);
	return reason == payloadFine ? written(encoding) : reason;
}

bool payloadIsBytes(const txSlot *value)
{
	if (value->kind != XS_REFERENCE_KIND)
		return false;
	const txSlot *internal = value->value.reference->next;
	if (!internal || !(internal->flag & XS_INTERNAL_FLAG) || internal->kind != XS_TYPED_ARRAY_KIND)
		return false;
	if (internal->value.typedArray.dispatch->constructorID != mxID(_Uint8Array))
		return false;
	const txSlot *buffer = internal->next->next;
	return buffer->value.reference->next->kind == XS_ARRAY_BUFFER_KIND;
}

void payloadEncodeBytes(txMachine *the, PayloadWriter *writer, txSlot *value)
{
	void *bytes = NULL;
	txUnsigned length = 0;
	_xsmcGetBuffer(the, value, &bytes, &length, 0);
	payloadPutHead(writer, majorBytes, length);
	payloadPut(writer, bytes, length);
}

static PayloadReason openContainer(Encoding *encoding, int major, size_t entries)
{
	encoding->entries += entries;
	if (encoding->entries > PAYLOAD_MAX_ITEMS)
		refuseLater(encoding, payloadTooManyItems);
	payloadPutHead(&encoding->writer, major, entries);
	return written(encoding);
}

static PayloadReason encodeArray(txMachine *the, Encoding *encoding, txSlot *array, int depth)
{
	static txSlot missing = { .kind = XS_UNDEFINED_KIND };
	txIndex length = array->value.array.length;
	PayloadReason reason = openContainer(encoding, majorArray, length);
	for (txIndex i = 0; reason == payloadFine && i < length; i++) {
		txSlot *item = fxGetIndexProperty(the, array, i);
		reason = encodeValue(the, encoding, item ? item : &missing, depth);
	}
	return reason;
}

static bool isEnumerable(const txSlot *property)
{
	return !(property->flag & XS_DONT_ENUM_FLAG);
}

/* NULL where Object.entries leaves it out. */
static txString nameOf(txMachine *the, const txSlot *property)
{
	const txSlot *key = isEnumerable(property) ? fxGetKey(the, property->ID) : NULL;
	return key && key->flag & XS_DONT_ENUM_FLAG ? key->value.string : NULL;
}

/* Of the slot that holds the properties whose names are indices, NULL where there is none. */
static size_t countIndices(txMachine *the, txSlot *indices)
{
	size_t count = 0;
	if (!indices)
		return 0;
	txSlot *item = indices->value.array.address;
	for (txIndex left = fxGetIndexSize(the, indices); left > 0; left--, item++)
		count += isEnumerable(item);
	return count;
}

static PayloadReason encodeIndices(txMachine *the, Encoding *encoding, txSlot *indices, int depth)
{
	PayloadReason reason = payloadFine;
	txSlot *item = indices->value.array.address;
	for (txIndex left = fxGetIndexSize(the, indices); reason == payloadFine && left > 0; left--, item++) {
		char name[12];
		if (!isEnumerable(item))
			continue;
		/* Where another slot has the next one, an item has its index. */
		snprintf(name, sizeof(name), "%lu", (unsigned long)*(txIndex *)item);
		reason = encodeText(encoding, name);
		if (reason == payloadFine)
			reason = encodeValue(the, encoding, item, depth);
	}
	return reason;
}

/* In the order of Object.entries: indices, then names as they were added. */
static PayloadReason encodeProperties(txMachine *the, Encoding *encoding, txSlot *indices, txSlot *first, int depth)
{
	size_t count = countIndices(the, indices);
	for (txSlot *property = first; property; property = property->next)
		count += nameOf(the, property) != NULL;
	PayloadReason reason = openContainer(encoding, majorMap, count);
	if (reason == payloadFine && indices)
		reason = encodeIndices(the, encoding, indices, depth);
	for (txSlot *property = first; reason == payloadFine && property; property = property->next) {
		txString name = nameOf(the, property);
		if (!name)
			continue;
		reason = encodeText(encoding, name);
		if (property->ID == mxID(___proto__))
			refuseLater(encoding, payloadWrongType);
		if (reason == payloadFine)
			reason = encodeValue(the, encoding, property, depth);
	}
	return reason;
}

/* What is in flash and was changed lies elsewhere. */
static txSlot *presentInstance(txMachine *the, txSlot *instance)
{
	txSlot *alias = instance->ID ? the->aliasArray[instance->ID] : NULL;
	return alias ? alias : instance;
}

static PayloadReason encodePlainObject(txMachine *the, Encoding *encoding, txSlot *instance, int depth)
{
	txSlot *indices = NULL;
	txSlot *property = instance->next;
	if (instance->value.instance.prototype != mxObjectPrototype.value.reference || instance->flag & XS_EXOTIC_FLAG)
		return payloadWrongType;
	for (; property && property->flag & XS_INTERNAL_FLAG; property = property->next) {
		if (property->kind != XS_ARRAY_KIND)
			return payloadWrongType;
		indices = property;
	}
	return encodeProperties(the, encoding, indices, property, depth);
}

static PayloadReason encodeObject(txMachine *the, Encoding *encoding, txSlot *value, int depth)
{
	txSlot *instance = presentInstance(the, value->value.reference);
	txSlot *internal = instance->next;
	if (mxIsFunction(instance))
		return payloadWrongType;
	if (payloadIsBytes(value)) {
		payloadEncodeBytes(the, &encoding->writer, value);
		return written(encoding);
	}
	if (depth >= PAYLOAD_MAX_DEPTH)
		return payloadTooDeep;
	if (internal && internal->flag & XS_INTERNAL_FLAG && internal->kind == XS_ARRAY_KIND && internal->ID == XS_ARRAY_BEHAVIOR)
		return encodeArray(the, encoding, internal, depth + 1);
	return encodePlainObject(the, encoding, instance, depth + 1);
}

static PayloadReason encodeSimple(Encoding *encoding, int simple)
{
	payloadPutHead(&encoding->writer, majorSimple, (uint64_t)simple);
	return written(encoding);
}

static PayloadReason encodeNumber(Encoding *encoding, double number)
{
	payloadPutNumber(&encoding->writer, number);
	return written(encoding);
}

static PayloadReason encodeInteger(Encoding *encoding, txInteger integer)
{
	if (integer < 0)
		payloadPutHead(&encoding->writer, majorNegative, (uint64_t)(-1 - integer));
	else
		payloadPutHead(&encoding->writer, majorUnsigned, (uint64_t)integer);
	return written(encoding);
}

/* Calls itself through arrays and objects, PAYLOAD_MAX_DEPTH of them at most. */
static PayloadReason encodeValue(txMachine *the, Encoding *encoding, txSlot *value, int depth)
{
	switch (value->kind) {
	case XS_UNDEFINED_KIND:
		return encodeSimple(encoding, simpleUndefined);
	case XS_NULL_KIND:
		return encodeSimple(encoding, simpleNull);
	case XS_BOOLEAN_KIND:
		return encodeSimple(encoding, value->value.boolean ? simpleTrue : simpleFalse);
	case XS_INTEGER_KIND:
		return encodeInteger(encoding, value->value.integer);
	case XS_NUMBER_KIND:
		return encodeNumber(encoding, value->value.number);
	case XS_STRING_KIND:
	case XS_STRING_X_KIND:
		return encodeText(encoding, value->value.string);
	case XS_REFERENCE_KIND:
		return encodeObject(the, encoding, value, depth);
	default:
		return payloadWrongType;
	}
}

/* Into bytes of its own, where it was too long for the stack: the value is as it was. */
static void encodeAgain(txMachine *the, uint8_t *bytes, size_t length)
{
	Encoding encoding = { .writer = { .bytes = bytes, .room = length } };
	encodeValue(the, &encoding, mxArgv(0), 0);
}

/* `refuse` of the object whose method this is. It throws. */
static void refuseAsMethod(txMachine *the, PayloadReason reason)
{
	mxPushSlot(mxThis);
	mxDub();
	mxGetID(fxNewNameC(the, "refuse"));
	mxCall();
	mxPushInteger(reason);
	mxRunCount(1);
	mxPop();
}

/* encode(value): the payload. */
void xs_pnepayload_encode(txMachine *the)
{
	uint8_t bytes[SHORT_BYTES];
	Encoding encoding = { .writer = { .bytes = bytes, .room = sizeof(bytes) } };
	if (mxArgc < 1)
		mxTypeError("payload: no value");
	PayloadReason reason = encodeValue(the, &encoding, mxArgv(0), 0);
	size_t length = encoding.writer.length;
	if (reason == payloadFine)
		reason = length > PAYLOAD_MAX_BYTES ? payloadTooLong : encoding.refused;
	if (reason != payloadFine) {
		refuseAsMethod(the, reason);
		return;
	}
	uint8_t *result = cryptoNewBytes(the, length);
	if (length <= sizeof(bytes))
		c_memcpy(result, bytes, length);
	else
		encodeAgain(the, result, length);
}
