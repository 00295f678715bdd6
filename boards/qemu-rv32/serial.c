// SPDX-License-Identifier: Apache-2.0

/* A serial port as ECMA-419 describes it (embedded:io/serial, format "buffer"). */

#include "xsmc.h"
#include "serial.h"
#include "uart.h"

typedef struct {
	Uart uart;
	xsMachine *the;
	xsSlot self;
	xsSlot onReadable;
	xsSlot onWritable;
	/* What onReadable was told of. */
	uint32_t announced;
	/* Room came up that onWritable was not told of. */
	uint8_t drained;
} Serial;

static Serial *gSerials[UART_PORTS];

void xs_serial_destructor(void *data);
static void serialMark(xsMachine *the, void *data, xsMarkRoot markRoot);

static const xsHostHooks gSerialHooks = { xs_serial_destructor, serialMark, NULL };

void xs_serial_destructor(void *data)
{
	Serial *serial = data;
	if (!serial)
		return;
	for (int i = 0; i < UART_PORTS; i++) {
		if (gSerials[i] == serial)
			gSerials[i] = NULL;
	}
	uartClose(&serial->uart);
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

static xsSlot serialCallback(xsMachine *the, const char *name)
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

void xs_serial_constructor(xsMachine *the)
{
	int port = integerOption(the, "port", 0, UART_PORTS - 1);
	int baud = integerOption(the, "baud", 1, 20000000);
	xsSlot onReadable = serialCallback(the, "onReadable");
	xsSlot onWritable = serialCallback(the, "onWritable");
	if (gSerials[port])
		xsUnknownError("serial: port %d is in use", port);
	Serial *serial = calloc(1, sizeof(Serial));
	if (!serial)
		xsUnknownError("serial: no memory");
	if (!uartOpen(&serial->uart, port, baud)) {
		free(serial);
		xsUnknownError("serial: no port %d", port);
	}
	serial->the = the;
	serial->onReadable = onReadable;
	serial->onWritable = onWritable;
	serial->drained = 1;
	gSerials[port] = serial;
	xsmcSetHostData(xsThis, serial);
	xsSetHostHooks(xsThis, (xsHostHooks *)&gSerialHooks);
	serial->self = xsThis;
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

/* read(): all there is, undefined where there is nothing. */
void xs_serial_read(xsMachine *the)
{
	Serial *serial = serialThis(the);
	Uart *uart = &serial->uart;
	if (uart->readCount == 0)
		return;
	xsmcSetArrayBuffer(xsResult, uart->readBytes, (xsIntegerValue)uart->readCount);
	uart->readCount = 0;
	serial->announced = 0;
}

/* write(buffer): throws where there is no room for all of it. Returns how many bytes have room after it, as TCP's does. */
void xs_serial_write(xsMachine *the)
{
	Serial *serial = serialThis(the);
	Uart *uart = &serial->uart;
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(0), &bytes, &count);
	if (count > UART_BUFFER_BYTES - uart->writeCount)
		xsUnknownError("serial: output full");
	memcpy(uart->writeBytes + uart->writeCount, bytes, count);
	uart->writeCount += count;
	uartPoll(uart);
	serial->drained = 1;
	xsmcSetInteger(xsResult, (xsIntegerValue)(UART_BUFFER_BYTES - uart->writeCount));
}

static void serialCall(Serial *serial, xsSlot *callback, uint32_t count)
{
	xsMachine *machine = serial->the;
	xsBeginHost(machine);
	xsmcSetInteger(xsResult, (xsIntegerValue)count);
	xsCallFunction1(*callback, serial->self, xsResult);
	xsEndHost(machine);
}

/* The callback may close the port: nothing of it is used afterwards. Returns whether it called. */
static int serialCallNext(Serial *serial)
{
	Uart *uart = &serial->uart;
	uartPoll(uart);
	if (uart->readCount > serial->announced) {
		serial->announced = uart->readCount;
		serialCall(serial, &serial->onReadable, uart->readCount);
		return 1;
	}
	if (serial->drained && !uart->writeCount) {
		serial->drained = 0;
		serialCall(serial, &serial->onWritable, UART_BUFFER_BYTES);
		return 1;
	}
	return 0;
}

int serialRun(void (*settle)(void *machine), void *machine)
{
	int called = 0;
	for (int i = 0; i < UART_PORTS; i++) {
		if (gSerials[i] && serialCallNext(gSerials[i])) {
			settle(machine);
			called = 1;
		}
	}
	return called;
}

int serialIsOpen(void)
{
	for (int i = 0; i < UART_PORTS; i++) {
		if (gSerials[i])
			return 1;
	}
	return 0;
}
