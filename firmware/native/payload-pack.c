// SPDX-License-Identifier: Apache-2.0

/* Readings together in one message for JavaScript: src/payload/concise.ts. */

#include "payload-engine.h"

/* A head, and the message's array with its type and first number. */
enum { HEAD_BYTES = 9, OPENING_BYTES = 3 * HEAD_BYTES, KNOWN = 4, MAX_READINGS = 32 };

extern void cryptoNarrowBytes(txMachine *the, size_t offset, size_t length);
extern int64_t cryptoNumber(txMachine *the, int index, int64_t minimum, int64_t maximum);

/* Argument `index`, an array. */
static txSlot *arrayArgument(txMachine *the, int index)
{
	const txSlot *value = mxArgv(index);
	txSlot *array = value->kind == XS_REFERENCE_KIND ? value->value.reference->next : NULL;
	if (!array || !(array->flag & XS_INTERNAL_FLAG) || array->kind != XS_ARRAY_KIND || array->ID != XS_ARRAY_BEHAVIOR)
		mxTypeError("payload: argument %d is no array", index);
	if (array->value.array.length > MAX_READINGS)
		mxRangeError("payload: too many readings");
	return array;
}

/* Its bytes move when anything is allocated. */
static CryptoBuffer payloadIn(txMachine *the, txSlot *array, txIndex index)
{
	txSlot *item = fxGetIndexProperty(the, array, index);
	void *bytes = NULL;
	txUnsigned length = 0;
	if (!item || !payloadIsBytes(item))
		mxTypeError("payload: a reading is no bytes");
	_xsmcGetBuffer(the, item, &bytes, &length, 0);
	return (CryptoBuffer){ bytes, length };
}

/* The same once it was looked at: all that may have changed is where its bytes lie. */
static CryptoBuffer payloadAgain(txMachine *the, txSlot *array, txIndex index)
{
	txSlot *view = fxGetIndexProperty(the, array, index)->value.reference->next->next;
	txSlot *buffer = view->next;
	uint8_t *bytes = (uint8_t *)buffer->value.reference->next->value.arrayBuffer.address;
	return (CryptoBuffer){ bytes + view->value.dataView.offset, (size_t)fxGetDataViewSize(the, view, buffer) };
}

static void refuseNames(txMachine *the, int index)
{
	mxTypeError("payload: argument %d is no names", index);
}

static uint64_t nextOfNames(txMachine *the, int index, PayloadReader *reader, int major)
{
	PayloadHead head = { 0 };
	if (payloadNext(reader, &head) != payloadFine || head.major != major || head.argument > UINT8_MAX)
		refuseNames(the, index);
	return head.argument;
}

/* The text strings of the message `[type, ...names]`: what else JavaScript may give is not read as that. */
static CryptoBuffer namesArgument(txMachine *the, int index, uint64_t *type)
{
	CryptoBuffer message = cryptoReadable(the, index);
	PayloadReader reader = { message.bytes, message.length, 0 };
	uint64_t count = nextOfNames(the, index, &reader, majorArray);
	*type = nextOfNames(the, index, &reader, majorUnsigned);
	size_t start = reader.at;
	for (; count > 1; count--) {
		uint64_t length = nextOfNames(the, index, &reader, majorText);
		if (length > reader.length - reader.at)
			refuseNames(the, index);
		reader.at += (size_t)length;
	}
	if (count != 1 || reader.at != reader.length || reader.length - start > NAMES_ROOM)
		refuseNames(the, index);
	return (CryptoBuffer){ message.bytes + start, message.length - start };
}

static void putReading(PayloadWriter *writer, CryptoBuffer payload, PayloadNames *names)
{
	size_t start = writer->length;
	if (names->known && payloadPutConcise(writer, payload.bytes, payload.length, names))
		return;
	writer->length = start;
	payloadPutHead(writer, majorBytes, payload.length);
	payloadPut(writer, payload.bytes, payload.length);
}

/* No reading takes more than with its payload as it is. */
static size_t longest(txMachine *the, txSlot *array)
{
	size_t length = OPENING_BYTES;
	for (txIndex i = 0; i < array->value.array.length; i++)
		length += HEAD_BYTES + payloadIn(the, array, i).length;
	return length;
}

/* pack(type, first, payloads, names, known): the message, or undefined where there is a name that could be among `names`. */
void xs_pnepayload_pack(txMachine *the)
{
	if (mxArgc <= KNOWN)
		mxTypeError("payload: too few arguments");
	uint64_t type = (uint64_t)cryptoNumber(the, 0, 0, UINT8_MAX);
	uint64_t first = (uint64_t)cryptoNumber(the, 1, 0, INT64_C(0x1fffffffffffff));
	txSlot *array = arrayArgument(the, 2);
	size_t known = (size_t)cryptoNumber(the, KNOWN, 0, NAMES_MAX);
	txIndex count = array->value.array.length;
	size_t room = longest(the, array);
	uint8_t *output = cryptoNewBytes(the, room);
	PayloadWriter writer = { output, room, 0 };
	uint64_t ofNames;
	CryptoBuffer all = namesArgument(the, 3, &ofNames);
	PayloadNames names = { .bytes = all.bytes, .length = all.length, .room = all.length, .known = known };
	payloadPutHead(&writer, majorArray, count + 2);
	payloadPutHead(&writer, majorUnsigned, type);
	payloadPutHead(&writer, majorUnsigned, first);
	for (txIndex i = 0; i < count; i++)
		putReading(&writer, payloadAgain(the, array, i), &names);
	if (names.hasMore)
		mxResult->kind = XS_UNDEFINED_KIND;
	else
		cryptoNarrowBytes(the, 0, writer.length);
}

static size_t countNames(const PayloadNames *names)
{
	size_t count = 0;
	PayloadReader reader = { names->bytes, names->length, 0 };
	for (; reader.at < reader.length; count++) {
		PayloadHead head = { 0 };
		payloadNext(&reader, &head);
		reader.at += (size_t)head.argument;
	}
	return count;
}

static void returnNames(txMachine *the, uint64_t type, const PayloadNames *names)
{
	uint8_t bytes[OPENING_BYTES];
	PayloadWriter opening = { bytes, sizeof(bytes), 0 };
	payloadPutHead(&opening, majorArray, countNames(names) + 1);
	payloadPutHead(&opening, majorUnsigned, type);
	uint8_t *output = cryptoNewBytes(the, opening.length + names->length);
	c_memcpy(output, bytes, opening.length);
	c_memcpy(output + opening.length, names->bytes, names->length);
}

/* withNames(names, payloads): the names with those that are new. */
void xs_pnepayload_withNames(txMachine *the)
{
	uint8_t bytes[NAMES_ROOM];
	PayloadWriter nothing = { NULL, 0, 0 };
	uint64_t type;
	if (mxArgc < 2)
		mxTypeError("payload: too few arguments");
	CryptoBuffer all = namesArgument(the, 0, &type);
	txSlot *array = arrayArgument(the, 1);
	PayloadNames names = { .bytes = bytes, .length = all.length, .room = sizeof(bytes) };
	c_memcpy(bytes, all.bytes, all.length);
	for (txIndex i = 0; i < array->value.array.length; i++) {
		CryptoBuffer payload = payloadIn(the, array, i);
		payloadPutConcise(&nothing, payload.bytes, payload.length, &names);
	}
	returnNames(the, type, &names);
}
