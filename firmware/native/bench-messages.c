// SPDX-License-Identifier: Apache-2.0

#include "bench-reading.h"

#include <string.h>

enum { reading = 1, receipt = 2, content = 3 };

static void putText(PayloadWriter *writer, const char *text, size_t length)
{
	payloadPutHead(writer, majorText, length);
	payloadPut(writer, text, length);
}

#define PUT_NAME(writer, name) putText(writer, name, sizeof(name) - 1)

size_t readingPayload(const Reading *value, uint8_t *output, size_t room)
{
	PayloadWriter writer = { output, room, 0 };
	payloadPutHead(&writer, majorMap, 5);
	PUT_NAME(&writer, "index");
	payloadPutNumber(&writer, value->index);
	PUT_NAME(&writer, "temperature");
	payloadPutNumber(&writer, value->temperature);
	PUT_NAME(&writer, "humidity");
	payloadPutNumber(&writer, value->humidity);
	PUT_NAME(&writer, "place");
	putText(&writer, value->place, strlen(value->place));
	PUT_NAME(&writer, "ok");
	payloadPutHead(&writer, majorSimple, value->ok ? simpleTrue : simpleFalse);
	return writer.length <= room ? writer.length : 0;
}

static void putShortFloat(PayloadWriter *writer, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	payloadPutFloat(writer, bits);
}

void putConciseReading(PayloadWriter *writer, const Reading *value)
{
	payloadPutHead(writer, majorMap, 5);
	payloadPutHead(writer, majorUnsigned, 0);
	payloadPutHead(writer, majorUnsigned, (uint64_t)value->index);
	payloadPutHead(writer, majorUnsigned, 1);
	putShortFloat(writer, value->temperature);
	payloadPutHead(writer, majorUnsigned, 2);
	putShortFloat(writer, value->humidity);
	payloadPutHead(writer, majorUnsigned, 3);
	putText(writer, value->place, strlen(value->place));
	payloadPutHead(writer, majorUnsigned, 4);
	payloadPutHead(writer, majorSimple, value->ok ? simpleTrue : simpleFalse);
}

static void openMessage(PayloadWriter *writer, int type, uint64_t id)
{
	payloadPutHead(writer, majorArray, 3);
	payloadPutHead(writer, majorUnsigned, (uint64_t)type);
	payloadPutHead(writer, majorUnsigned, id);
}

size_t readingMessage(uint64_t id, const uint8_t *payload, size_t length, uint8_t *output, size_t room)
{
	PayloadWriter writer = { output, room, 0 };
	openMessage(&writer, reading, id);
	payloadPutHead(&writer, majorBytes, length);
	payloadPut(&writer, payload, length);
	return writer.length <= room ? writer.length : 0;
}

size_t receiptMessage(uint64_t id, uint64_t status, uint8_t *output, size_t room)
{
	PayloadWriter writer = { output, room, 0 };
	openMessage(&writer, receipt, id);
	payloadPutHead(&writer, majorUnsigned, status);
	return writer.length <= room ? writer.length : 0;
}

size_t contentMessage(uint64_t id, double interval, uint8_t *output, size_t room)
{
	uint8_t payload[32];
	PayloadWriter inner = { payload, sizeof(payload), 0 };
	payloadPutHead(&inner, majorMap, 1);
	PUT_NAME(&inner, "interval");
	payloadPutNumber(&inner, interval);
	PayloadWriter writer = { output, room, 0 };
	openMessage(&writer, content, id);
	payloadPutHead(&writer, majorBytes, inner.length);
	payloadPut(&writer, payload, inner.length);
	return writer.length <= room ? writer.length : 0;
}

static bool readHead(PayloadReader *reader, int major, uint64_t *argument)
{
	PayloadHead head;
	if (payloadNext(reader, &head) != payloadFine || head.major != major)
		return false;
	*argument = head.argument;
	return true;
}

static bool readOpening(PayloadReader *reader, uint64_t type, uint64_t *id)
{
	uint64_t fields;
	uint64_t found;
	return readHead(reader, majorArray, &fields) && fields == 3 && readHead(reader, majorUnsigned, &found) &&
		found == type && readHead(reader, majorUnsigned, id);
}

bool readReceipt(const uint8_t *bytes, size_t length, Answer *answer)
{
	PayloadReader reader = { bytes, length, 0 };
	return readOpening(&reader, receipt, &answer->id) && readHead(&reader, majorUnsigned, &answer->status) &&
		reader.at == reader.length;
}

static bool readName(PayloadReader *reader, const char *name)
{
	uint64_t length;
	if (!readHead(reader, majorText, &length) || length != strlen(name) || length > reader->length - reader->at)
		return false;
	reader->at += (size_t)length;
	return !memcmp(reader->bytes + reader->at - length, name, (size_t)length);
}

static bool readNumber(PayloadReader *reader, double *number)
{
	PayloadHead head;
	if (payloadNext(reader, &head) != payloadFine)
		return false;
	if (head.major <= majorNegative)
		return payloadInteger(&head, number) == payloadFine;
	*number = payloadIsFloat(&head) ? payloadFloat(&head) : 0;
	return payloadIsFloat(&head);
}

bool readInterval(Answer *answer)
{
	PayloadReader reader = { answer->payload, answer->payloadLength, 0 };
	uint64_t pairs;
	return readHead(&reader, majorMap, &pairs) && pairs == 1 && readName(&reader, "interval") &&
		readNumber(&reader, &answer->interval) && reader.at == reader.length;
}

bool readContent(const uint8_t *bytes, size_t length, Answer *answer)
{
	PayloadReader reader = { bytes, length, 0 };
	uint64_t payload;
	if (!readOpening(&reader, content, &answer->id) || !readHead(&reader, majorBytes, &payload))
		return false;
	answer->payload = bytes + reader.at;
	answer->payloadLength = (size_t)payload;
	return payload == reader.length - reader.at;
}
