// SPDX-License-Identifier: Apache-2.0

#include "serial-line.h"

#include <driver/uart.h>
#include <driver/uart_select.h>
#include <string.h>

/* The driver's own buffer takes an item of less than half its size, wherever that begins. */
#define DRIVER_TRANSMIT_BYTES (4 * LINE_TRANSMIT_BYTES)

static Line gLines[UART_NUM_MAX];

Line *lineOf(int port)
{
	return port >= 0 && port < UART_NUM_MAX ? &gLines[port] : NULL;
}

/* In the driver's interrupt, under its lock. */
static void notify(uart_port_t port, uart_select_notif_t notification, BaseType_t *woken)
{
	Line *line = &gLines[port];
	(void)notification;
	(void)woken;
	if (!line->isPosted)
		line->isPosted = line->events->post(line) == 0;
}

static bool install(const LineSettings *settings)
{
	const uart_config_t config = {
		.baud_rate = settings->baud,
		.data_bits = UART_DATA_8_BITS,
		.parity = UART_PARITY_DISABLE,
		.stop_bits = UART_STOP_BITS_1,
		.flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
		.source_clk = UART_SCLK_DEFAULT,
	};
	uart_port_t port = (uart_port_t)settings->port;
	if (uart_driver_install(port, LINE_RECEIVE_BYTES, DRIVER_TRANSMIT_BYTES, 0, NULL, 0) != ESP_OK)
		return false;
	if (uart_param_config(port, &config) == ESP_OK
		&& uart_set_pin(port, settings->transmit, settings->receive, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE) == ESP_OK)
		return true;
	uart_driver_delete(port);
	return false;
}

bool lineOpen(Line *line, const LineSettings *settings, const LineEvents *events)
{
	if (line != lineOf(settings->port) || !line || line->isOpen || uart_is_driver_installed((uart_port_t)settings->port))
		return false;
	if (!install(settings))
		return false;
	line->events = events;
	line->port = settings->port;
	line->isWritableOwed = true;
	line->written = 0;
	line->isOpen = true;
	uart_set_select_notif_callback((uart_port_t)line->port, notify);
	return true;
}

void lineClose(Line *line)
{
	if (!line->isOpen)
		return;
	line->isOpen = false;
	uart_port_t port = (uart_port_t)line->port;
	portENTER_CRITICAL(uart_get_selectlock());
	uart_set_select_notif_callback(port, NULL);
	portEXIT_CRITICAL(uart_get_selectlock());
	uart_driver_delete(port);
}

size_t lineReadable(const Line *line)
{
	size_t bytes = 0;
	return uart_get_buffered_data_len((uart_port_t)line->port, &bytes) == ESP_OK ? bytes : 0;
}

size_t lineRead(Line *line, uint8_t *bytes, size_t length)
{
	int count = uart_read_bytes((uart_port_t)line->port, bytes, (uint32_t)length, 0);
	return count > 0 ? (size_t)count : 0;
}

/* The driver would wait for room that is not there: it gets what it has room for. True where nothing is left. */
static bool transmit(Line *line)
{
	size_t room = 0;
	if (line->written == 0)
		return true;
	if (uart_get_tx_buffer_free_size((uart_port_t)line->port, &room) != ESP_OK || room < line->written)
		return false;
	uart_write_bytes((uart_port_t)line->port, line->writeBytes, line->written);
	line->written = 0;
	return true;
}

bool lineWrite(Line *line, const uint8_t *bytes, size_t length)
{
	if (length > lineRoom(line))
		return false;
	memcpy(line->writeBytes + line->written, bytes, length);
	line->written += length;
	line->isWritableOwed = true;
	transmit(line);
	return true;
}

size_t lineRoom(const Line *line)
{
	return LINE_TRANSMIT_BYTES - line->written;
}

bool lineDeliver(Line *line)
{
	portENTER_CRITICAL(uart_get_selectlock());
	line->isPosted = false;
	portEXIT_CRITICAL(uart_get_selectlock());
	return lineRun(line);
}

bool lineRun(Line *line)
{
	if (!line->isOpen)
		return true;
	bool isSent = transmit(line);
	size_t readable = lineReadable(line);
	if (readable > 0)
		line->events->onReadable(line, readable);
	if (line->isOpen && isSent && line->isWritableOwed && line->written == 0) {
		line->isWritableOwed = false;
		line->events->onWritable(line, lineRoom(line));
	}
	/* Who does not read is not called again for what it knows of, until more comes. */
	size_t left = line->isOpen ? lineReadable(line) : 0;
	return left == 0 || left >= readable;
}
