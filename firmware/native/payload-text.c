// SPDX-License-Identifier: Apache-2.0

#include "payload-engine.h"
#include "payload-text.h"

/* U+0000 as the engine holds it. */
static bool isZero(const uint8_t *at)
{
	return at[0] == 0xc0 && at[1] == 0x80;
}

/* What begins with ED A0 to ED AF is a high surrogate, with ED B0 to ED BF a low one. */
static bool isSurrogate(const uint8_t *at)
{
	return at[0] == 0xed && at[1] >= 0xa0;
}

static bool isPair(const uint8_t *at)
{
	return isSurrogate(at) && at[1] < 0xb0 && isSurrogate(at + 3) && at[4] >= 0xb0;
}

static size_t heldCharacter(uint8_t lead)
{
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* All of it was ASCII up to `start`. */
static PayloadReason measureRest(const uint8_t *start, PayloadText *measured)
{
	const uint8_t *at = start;
	while (*at) {
		size_t held = isPair(at) ? 6 : heldCharacter(*at);
		if (held == 3 && isSurrogate(at))
			return payloadInvalidUtf8;
		measured->length += held == 6 ? 4 : isZero(at) ? 1 : held;
		at += held;
	}
	measured->held += (size_t)(at - start);
	measured->isSame = measured->held == measured->length;
	return payloadFine;
}

PayloadReason payloadMeasureText(const char *text, PayloadText *measured)
{
	const uint8_t *at = (const uint8_t *)text;
	while (*at && *at < 0x80)
		at++;
	measured->held = measured->length = (size_t)(at - (const uint8_t *)text);
	measured->isSame = true;
	return *at ? measureRest(at, measured) : payloadFine;
}

bool payloadPutShortText(PayloadWriter *writer, const char *text)
{
	if (writer->length + 1 + infoOneByte > writer->room)
		return false;
	uint8_t *head = writer->bytes + writer->length;
	const uint8_t *last = head + infoOneByte - 1;
	uint8_t *end = head;
	const int8_t *at = (const int8_t *)text;
	for (; *at > 0 && end < last; at++)
		*++end = (uint8_t)*at;
	if (*at)
		return false;
	*head = (uint8_t)(majorText << 5 | (end - head));
	writer->length += 1 + (size_t)(end - head);
	return true;
}

static uint32_t joinPair(const uint8_t *at)
{
	uint32_t high = (at[1] & 0xfu) << 6 | (at[2] & 0x3f);
	uint32_t low = (at[4] & 0xfu) << 6 | (at[5] & 0x3f);
	return 0x10000 + (high << 10 | low);
}

void payloadPutText(PayloadWriter *writer, const char *text, const PayloadText *measured)
{
	if (measured->isSame) {
		payloadPut(writer, text, measured->held);
		return;
	}
	const uint8_t *at = (const uint8_t *)text;
	for (size_t left = measured->held; left > 0;) {
		size_t held = isPair(at) ? 6 : heldCharacter(*at);
		if (held == 6) {
			char joined[4];
			fxUTF8Encode(joined, (txInteger)joinPair(at));
			payloadPut(writer, joined, sizeof(joined));
		}
		else
			payloadPut(writer, isZero(at) ? (const uint8_t *)"" : at, isZero(at) ? 1 : held);
		at += held;
		left -= held;
	}
}

PayloadReason payloadEncodeText(PayloadWriter *writer, txString text, size_t *length)
{
	PayloadText measured;
	PayloadReason reason = payloadMeasureText(text, &measured);
	if (reason != payloadFine)
		return reason;
	*length = measured.length;
	payloadPutHead(writer, majorText, measured.length);
	payloadPutText(writer, text, &measured);
	return payloadFine;
}

static txInteger codeAt(const uint8_t *at)
{
	txInteger code;
	fxUTF8Decode((txString)at, &code);
	return code;
}

/* Whether the engine holds it otherwise than as UTF-8. */
static bool isOther(uint8_t lead)
{
	return lead == 0 || (mxStringByteLength(0x10000) != 4 && lead >= 0xf0);
}

size_t payloadHeldLength(const uint8_t *bytes, size_t length)
{
	size_t held = length;
	for (size_t i = 0; i < length; i++) {
		if (isOther(bytes[i]))
			held += bytes[i] ? 2 : 1;
	}
	return held;
}

void payloadHoldText(char *text, const uint8_t *bytes, size_t length)
{
	char *end = text;
	for (size_t i = 0; i < length;) {
		if (!isOther(bytes[i])) {
			*end++ = (char)bytes[i++];
			continue;
		}
		txInteger code = bytes[i] ? codeAt(bytes + i) : 0;
		end = mxStringByteEncode(end, code);
		i += bytes[i] ? 4 : 1;
	}
	*end = 0;
}
