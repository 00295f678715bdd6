// SPDX-License-Identifier: Apache-2.0

/* Messages that are one array of numbers, texts and byte strings: src/cbor/flat.ts. */

#include "payload-engine.h"

/* cborMaxItems and cborMaxBytes of src/limits.ts. */
enum { MAX_ITEMS = 64, MAX_STRING = 8192, SHORT_BYTES = 192, BAD_ARGUMENT = 30 };

static PayloadReason encodeNumber(PayloadWriter *writer, double number)
{
	if (!(number >= 0 && number <= 9007199254740991.0) || number != (double)(int64_t)number)
		return (PayloadReason)BAD_ARGUMENT;
	payloadPutHead(writer, majorUnsigned, (uint64_t)number);
	return payloadFine;
}

static PayloadReason encodeItem(txMachine *the, PayloadWriter *writer, txSlot *item)
{
	size_t length;
	switch (item->kind) {
	case XS_INTEGER_KIND:
		return encodeNumber(writer, item->value.integer);
	case XS_NUMBER_KIND:
		return encodeNumber(writer, item->value.number);
	case XS_STRING_KIND:
	case XS_STRING_X_KIND:
		return payloadEncodeText(writer, item->value.string, &length);
	default:
		if (!payloadIsBytes(item))
			mxTypeError("flat: an item is neither number, text nor bytes");
		payloadEncodeBytes(the, writer, item);
		return payloadFine;
	}
}

static PayloadReason encodeItems(txMachine *the, PayloadWriter *writer)
{
	int length = mxArgc;
	PayloadReason reason = length > MAX_ITEMS ? payloadTooManyItems : payloadFine;
	payloadPutHead(writer, majorArray, (uint64_t)length);
	for (int i = 0; reason == payloadFine && i < length; i++) {
		reason = encodeItem(the, writer, mxArgv(i));
		if (reason == payloadFine && writer->length > PAYLOAD_MAX_WRITTEN)
			reason = payloadTooLong;
	}
	return reason;
}

/* encodeFlat(...items): the bytes, or a reason. */
void xs_pnebytes_encodeFlat(txMachine *the)
{
	uint8_t bytes[SHORT_BYTES];
	PayloadWriter writer = { bytes, sizeof(bytes), 0 };
	PayloadReason reason = encodeItems(the, &writer);
	if (reason != payloadFine) {
		payloadReturnReason(the, reason);
		return;
	}
	size_t length = writer.length;
	uint8_t *result = cryptoNewBytes(the, length);
	if (length <= sizeof(bytes)) {
		c_memcpy(result, bytes, length);
		return;
	}
	writer = (PayloadWriter){ result, length, 0 };
	encodeItems(the, &writer);
}

/* Looks at the major type first, as CborReader does. */
static PayloadReason next(PayloadReader *reader, PayloadHead *head, unsigned majors)
{
	if (reader->at >= reader->length)
		return payloadTruncated;
	if (!(majors >> (reader->bytes[reader->at] >> 5) & 1))
		return payloadWrongType;
	return payloadNext(reader, head);
}

static PayloadReason checkString(const PayloadReader *reader, const PayloadHead *head)
{
	if (head->argument > MAX_STRING)
		return payloadTooLong;
	if (head->argument > reader->length - reader->at)
		return payloadTruncated;
	bool isFine = head->major == majorBytes || payloadIsUtf8(reader->bytes + reader->at, (size_t)head->argument);
	return isFine ? payloadFine : payloadInvalidUtf8;
}

static PayloadReason pushItem(txMachine *the, size_t *at)
{
	PayloadReader reader = payloadAt(the, *at);
	PayloadHead head;
	double number;
	PayloadReason reason = next(&reader, &head, 1u << majorUnsigned | 1u << majorBytes | 1u << majorText);
	if (reason == payloadFine)
		reason = head.major == majorUnsigned ? payloadInteger(&head, &number) : checkString(&reader, &head);
	if (reason != payloadFine)
		return reason;
	*at = reader.at;
	if (head.major == majorUnsigned) {
		payloadPushNumber(the, number);
		return payloadFine;
	}
	size_t length = (size_t)head.argument;
	*at += length;
	if (head.major == majorText)
		payloadPushText(the, reader.at, length);
	else
		payloadPushBytes(the, reader.at, length);
	return payloadFine;
}

static PayloadReason openArray(txMachine *the, size_t *at, size_t *length)
{
	PayloadReader reader = payloadAt(the, 0);
	PayloadHead head;
	PayloadReason reason = next(&reader, &head, 1u << majorArray);
	if (reason != payloadFine)
		return reason;
	if (head.argument > MAX_ITEMS)
		return payloadTooManyItems;
	*at = reader.at;
	*length = (size_t)head.argument;
	return *length > reader.length - reader.at ? payloadTruncated : payloadFine;
}

/* Pushes the array. What was pushed before a refusal goes with the call. */
static PayloadReason pushItems(txMachine *the)
{
	size_t at;
	size_t length;
	PayloadReason reason = openArray(the, &at, &length);
	if (reason != payloadFine)
		return reason;
	mxPush(mxArrayPrototype);
	txSlot *array = fxNewArrayInstance(the);
	txSlot *last = array->next;
	for (size_t i = 0; i < length; i++) {
		reason = pushItem(the, &at);
		if (reason != payloadFine)
			return reason;
		last = payloadAppend(the, last);
	}
	array->next->value.array.length = (txIndex)length;
	fxCacheArray(the, array);
	return at < payloadAt(the, 0).length ? payloadTrailingBytes : payloadFine;
}

/* decodeFlat(bytes, refuse): the items. Bytes that are none go to `refuse`, which is called with the reason. */
void xs_pnebytes_decodeFlat(txMachine *the)
{
	if (mxArgc < 2)
		mxTypeError("flat: too few arguments");
	txSlot *stack = the->stack;
	PayloadReason reason = pushItems(the);
	if (reason == payloadFine) {
		mxPullSlot(mxResult);
		return;
	}
	the->stack = stack;
	payloadRefuse(the, reason);
}
