// SPDX-License-Identifier: Apache-2.0

/*
 * A payload as a JavaScript value, in one call, after the scan. What it makes is made as the engine makes it for
 * JSON.parse, and runs no JavaScript. Bytes of the payload move when anything is allocated: they are looked up
 * again each time.
 */

#include "payload-engine.h"

#include "payload-text.h"

/* Names of up to so many bytes are looked up before the engine makes a string of them. */
enum { SHORT_NAME = 48 };

static void pushValue(txMachine *the, size_t *at);

PayloadReader payloadAt(txMachine *the, size_t at)
{
	CryptoBuffer payload = cryptoReadable(the, 0);
	return (PayloadReader){ payload.bytes, payload.length, at };
}

void payloadPushText(txMachine *the, size_t at, size_t length)
{
	PayloadReader reader = payloadAt(the, at);
	size_t held = payloadHeldLength(reader.bytes + at, length);
	mxPushUndefined();
	txString text = fxNewChunk(the, (txSize)(held + 1));
	reader = payloadAt(the, at);
	payloadHoldText(text, reader.bytes + at, length);
	the->stack->value.string = text;
	the->stack->kind = XS_STRING_KIND;
}

void payloadPushBytes(txMachine *the, size_t at, size_t length)
{
	uint8_t *copy = cryptoNewBytes(the, length);
	PayloadReader reader = payloadAt(the, at);
	c_memcpy(copy, reader.bytes + at, length);
	mxPushSlot(mxResult);
}

void payloadPushNumber(txMachine *the, double number)
{
	txInteger integer = number >= -2147483648.0 && number <= 2147483647.0 ? (txInteger)number : 0;
	if (integer == number)
		mxPushInteger(integer);
	else
		mxPushNumber(number);
}

static void pushSimple(txMachine *the, const PayloadHead *head)
{
	if (payloadIsFloat(head))
		mxPushNumber(payloadFloat(head));
	else if (head->argument == simpleUndefined)
		mxPushUndefined();
	else if (head->argument == simpleNull)
		mxPushNull();
	else
		mxPushBoolean(head->argument == simpleTrue);
}

/* As fxParseJSONArray does it. */
txSlot *payloadAppend(txMachine *the, txSlot *last)
{
	last = last->next = fxNewSlot(the);
	last->kind = the->stack->kind;
	last->value = the->stack->value;
	mxPop();
	return last;
}

static void pushArray(txMachine *the, size_t *at, size_t length)
{
	mxPush(mxArrayPrototype);
	txSlot *array = fxNewArrayInstance(the);
	txSlot *last = array->next;
	for (size_t i = 0; i < length; i++) {
		pushValue(the, at);
		last = payloadAppend(the, last);
	}
	array->next->value.array.length = (txIndex)length;
	fxCacheArray(the, array);
}

/* A name that the engine knows costs no string. Returns whether the key was pushed. */
static bool pushShortName(txMachine *the, size_t at, size_t length)
{
	char name[SHORT_NAME];
	PayloadReader reader = payloadAt(the, at);
	const uint8_t *text = reader.bytes + at;
	if (!length || length >= sizeof(name) || (*text >= '0' && *text <= '9'))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!text[i] || text[i] >= 0x80)
			return false;
		name[i] = (char)text[i];
	}
	name[length] = 0;
	mxPushUndefined();
	the->stack->value.at.id = fxNewNameC(the, name);
	the->stack->value.at.index = 0;
	the->stack->kind = XS_AT_KIND;
	return true;
}

/* As the engine holds the name of a property while its value is made. */
static void pushKey(txMachine *the, size_t *at)
{
	PayloadReader reader = payloadAt(the, *at);
	PayloadHead head;
	double number;
	payloadNext(&reader, &head);
	*at = reader.at;
	if (head.major == majorText) {
		size_t length = (size_t)head.argument;
		*at += length;
		if (pushShortName(the, reader.at, length))
			return;
		payloadPushText(the, reader.at, length);
	}
	else {
		payloadInteger(&head, &number);
		payloadPushNumber(the, number);
		fxToString(the, the->stack);
	}
	fxAt(the, the->stack);
}

static void pushMap(txMachine *the, size_t *at, size_t length)
{
	mxPush(mxObjectPrototype);
	txSlot *object = fxNewObjectInstance(the);
	for (; length > 0; length--) {
		pushKey(the, at);
		pushValue(the, at);
		txSlot *key = the->stack + 1;
		txSlot *property = mxBehaviorSetProperty(the, object, key->value.at.id, key->value.at.index, XS_OWN);
		property->kind = the->stack->kind;
		property->value = the->stack->value;
		mxPop();
		mxPop();
	}
}

/* Calls itself through arrays and maps, PAYLOAD_MAX_DEPTH of them at most. */
static void pushValue(txMachine *the, size_t *at)
{
	PayloadReader reader = payloadAt(the, *at);
	PayloadHead head;
	double number;
	payloadNext(&reader, &head);
	size_t length = (size_t)head.argument;
	*at = reader.at;
	switch (head.major) {
	case majorBytes:
		payloadPushBytes(the, *at, length);
		*at += length;
		break;
	case majorText:
		payloadPushText(the, *at, length);
		*at += length;
		break;
	case majorArray:
		pushArray(the, at, length);
		break;
	case majorMap:
		pushMap(the, at, length);
		break;
	case majorSimple:
		pushSimple(the, &head);
		break;
	default:
		payloadInteger(&head, &number);
		payloadPushNumber(the, number);
	}
}

void payloadRefuse(txMachine *the, PayloadReason reason)
{
	mxPushUndefined();
	mxPushSlot(mxArgv(1));
	mxCall();
	mxPushInteger(reason);
	mxRunCount(1);
	mxPop();
}

/* decode(payload, refuse): the value. A payload that is none goes to `refuse`, which is called with the reason. */
void xs_pnepayload_decode(txMachine *the)
{
	if (mxArgc < 2)
		mxTypeError("payload: too few arguments");
	PayloadReader reader = payloadAt(the, 0);
	PayloadReason reason = payloadScan(reader.bytes, reader.length);
	if (reason != payloadFine) {
		payloadRefuse(the, reason);
		return;
	}
	size_t at = 0;
	pushValue(the, &at);
	mxPullSlot(mxResult);
}
