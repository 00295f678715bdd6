// SPDX-License-Identifier: Apache-2.0

/*
 * embedded:io/serial on an ESP32 (boards/qemu-rv32/modules/serial.ts is its JavaScript), in place of SDK 8.2.3's: that
 * posts two messages for each that is delivered, fills XS's queue at full duplex, goes on counting what was not posted,
 * and then uses what it has freed. It has no buffer but the 128 bytes of the UART.
 */

#include "xsmc.h"
#include "xsHost.h"

#include "builtinCommon.h"
#include "modTimer.h"
#include "serial-line.h"

#include <driver/uart.h>
#include <stdlib.h>

/* The SDK keeps account of so many. */
enum { PINS = 32 * kPinBanks };

/* Milliseconds. What a full queue lost waits so long at most. */
enum { SOON = 1, POLL = 50 };

typedef struct {
	xsMachine *the;
	xsSlot self;
	xsSlot onReadable;
	xsSlot onWritable;
	modTimer timer;
	LineSettings settings;
	Line *line;
} Serial;

void xs_serial_destructor(void *data);
static void serialMark(xsMachine *the, void *data, xsMarkRoot markRoot);

static const xsHostHooks gSerialHooks = { xs_serial_destructor, serialMark, NULL };
static Serial *gSerials[UART_NUM_MAX];

static void serialDeliver(void *the, void *refcon, uint8_t *message, uint16_t length)
{
	(void)the;
	(void)message;
	(void)length;
	Line *line = refcon;
	if (!lineDeliver(line))
		modTimerReschedule(gSerials[line->port]->timer, SOON, POLL);
}

static void serialPoll(modTimer timer, void *refcon, int size)
{
	(void)size;
	if (!lineRun(*(Line **)refcon))
		modTimerReschedule(timer, SOON, POLL);
}

static int serialPost(Line *line)
{
	return modMessagePostToMachineFromISR(gSerials[line->port]->the, serialDeliver, line);
}

static void serialCall(Line *line, xsSlot *callback, size_t bytes)
{
	Serial *serial = gSerials[line->port];
	xsMachine *the = serial->the;
	xsBeginHost(the);
	xsmcSetInteger(xsResult, (xsIntegerValue)bytes);
	xsCallFunction1(*callback, serial->self, xsResult);
	xsEndHost(the);
}

static void serialReadable(Line *line, size_t bytes)
{
	serialCall(line, &gSerials[line->port]->onReadable, bytes);
}

static void serialWritable(Line *line, size_t bytes)
{
	serialCall(line, &gSerials[line->port]->onWritable, bytes);
}

static const LineEvents gEvents = { serialPost, serialReadable, serialWritable };

void xs_serial_destructor(void *data)
{
	Serial *serial = data;
	if (!serial)
		return;
	lineClose(serial->line);
	gSerials[serial->line->port] = NULL;
	modTimerRemove(serial->timer);
	builtinFreePin((uint32_t)serial->settings.transmit);
	builtinFreePin((uint32_t)serial->settings.receive);
	free(serial);
}

static void serialMark(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Serial *serial = data;
	(*markRoot)(the, &serial->onReadable);
	(*markRoot)(the, &serial->onWritable);
}

static Serial *serialThis(xsMachine *the)
{
	Serial *serial = xsmcGetHostDataValidate(xsThis, (void *)&gSerialHooks);
	if (!serial)
		xsUnknownError("serial: closed");
	return serial;
}

static xsSlot callbackOption(xsMachine *the, const char *name)
{
	xsSlot callback;
	xsmcGet(callback, xsArg(0), xsID(name));
	if (!xsmcIsCallable(callback))
		xsUnknownError("serial: %s is not a function", name);
	return callback;
}

static int integerOption(xsMachine *the, const char *name, int least, int most)
{
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID(name));
	int number = xsmcToInteger(value);
	if (number < least || number > most)
		xsRangeError("serial: invalid %s", name);
	return number;
}

static void requireFreePin(xsMachine *the, int pin)
{
	if (!builtinIsPinFree((uint32_t)pin))
		xsUnknownError("serial: pin %d is in use", pin);
}

static LineSettings readSettings(xsMachine *the)
{
	LineSettings settings = {
		.port = integerOption(the, "port", 0, UART_NUM_MAX - 1),
		.receive = integerOption(the, "receive", 0, PINS - 1),
		.transmit = integerOption(the, "transmit", 0, PINS - 1),
		.baud = integerOption(the, "baud", 1, 5000000),
	};
	requireFreePin(the, settings.receive);
	requireFreePin(the, settings.transmit);
	return settings;
}

void xs_serial_constructor(xsMachine *the)
{
	LineSettings settings = readSettings(the);
	xsSlot onReadable = callbackOption(the, "onReadable");
	xsSlot onWritable = callbackOption(the, "onWritable");
	Line *line = lineOf(settings.port);
	if (gSerials[settings.port])
		xsUnknownError("serial: port %d is in use", settings.port);
	Serial *serial = malloc(sizeof(Serial));
	modTimer timer = serial ? modTimerAdd(SOON, POLL, serialPoll, &line, sizeof(line)) : NULL;
	if (!timer) {
		if (serial)
			free(serial);
		xsUnknownError("serial: no memory");
	}
	*serial = (Serial){ the, xsThis, onReadable, onWritable, timer, settings, line };
	/* The line's interrupt finds it there from the first byte on. */
	gSerials[settings.port] = serial;
	if (!lineOpen(line, &settings, &gEvents)) {
		gSerials[settings.port] = NULL;
		modTimerRemove(timer);
		free(serial);
		xsUnknownError("serial: port %d is taken by another driver", settings.port);
	}
	builtinUsePin((uint32_t)settings.transmit);
	builtinUsePin((uint32_t)settings.receive);
	xsmcSetHostData(xsThis, serial);
	xsSetHostHooks(xsThis, (xsHostHooks *)&gSerialHooks);
	xsRemember(serial->self);
}

/* Idempotent, as ECMA-419 asks. */
void xs_serial_close(xsMachine *the)
{
	Serial *serial = xsmcGetHostDataValidate(xsThis, (void *)&gSerialHooks);
	if (!serial)
		return;
	xsForget(serial->self);
	xsmcSetHostData(xsThis, NULL);
	xs_serial_destructor(serial);
}

/* read(): what there is, LINE_READ_BYTES at most, undefined where there is nothing. */
void xs_serial_read(xsMachine *the)
{
	Serial *serial = serialThis(the);
	size_t bytes = lineReadable(serial->line);
	if (bytes > LINE_READ_BYTES)
		bytes = LINE_READ_BYTES;
	if (bytes == 0)
		return;
	uint8_t *target = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)bytes);
	if (lineRead(serial->line, target, bytes) != bytes)
		xsUnknownError("serial: read failed");
}

/* write(buffer): throws where there is no room for all of it. Returns how many bytes have room after it. */
void xs_serial_write(xsMachine *the)
{
	Serial *serial = serialThis(the);
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(0), &bytes, &count);
	if (!lineWrite(serial->line, bytes, count))
		xsUnknownError("serial: output full");
	xsmcSetInteger(xsResult, (xsIntegerValue)lineRoom(serial->line));
}
