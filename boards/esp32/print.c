// SPDX-License-Identifier: Apache-2.0

/*
 * The console of an ESP32: UART0 at 115,200 baud, on the pins that the ROM has chosen. ESP-IDF leaves it without a clock
 * in images of the SDK, which have no console of theirs. In a debug image it is xsbug's; where a link has taken it,
 * nothing is printed.
 */

#include "xsmc.h"

#include <driver/uart.h>
#include <stdbool.h>
#include <string.h>

#ifndef mxDebug
/* The driver wants more than the UART holds by itself. Nothing is read. */
enum { RECEIVE_BYTES = 2 * 128 };

static bool isOpen(void)
{
	static bool opened;
	const uart_config_t config = {
		.baud_rate = 115200,
		.data_bits = UART_DATA_8_BITS,
		.parity = UART_PARITY_DISABLE,
		.stop_bits = UART_STOP_BITS_1,
		.flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
		.source_clk = UART_SCLK_DEFAULT,
	};
	if (!opened && !uart_is_driver_installed(UART_NUM_0))
		opened = uart_driver_install(UART_NUM_0, RECEIVE_BYTES + 1, 0, 0, NULL, 0) == ESP_OK
			&& uart_param_config(UART_NUM_0, &config) == ESP_OK;
	return opened;
}

/* Waits for the line: a person reads it, and it is short. What ends the image next is not to cut it off. */
static void printText(const char *text)
{
	if (!isOpen())
		return;
	for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		uart_write_bytes(UART_NUM_0, text, (size_t)(end - text));
		uart_write_bytes(UART_NUM_0, "\r\n", 2);
	}
	uart_write_bytes(UART_NUM_0, text, strlen(text));
	uart_wait_tx_done(UART_NUM_0, portMAX_DELAY);
}
#endif

/* print(text): as it is, without a line end. */
void xs_pne_print(xsMachine *the)
{
	const char *text = xsmcToString(xsArg(0));
#ifdef mxDebug
	xsTrace(text);
#else
	printText(text);
#endif
}
