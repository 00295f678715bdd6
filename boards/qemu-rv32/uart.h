// SPDX-License-Identifier: Apache-2.0

/* Two 16550 serial ports: the machine's own, and one on its PCI bus. */

#ifndef PNE_UART_H
#define PNE_UART_H

#include <stdint.h>

#define UART_PORTS 2

/* In each direction. */
#define UART_BUFFER_BYTES 512

typedef struct {
	/* NULL while the port is closed. */
	volatile uint8_t *registers;
	uint32_t readCount;
	uint32_t writeCount;
	uint8_t readBytes[UART_BUFFER_BYTES];
	uint8_t writeBytes[UART_BUFFER_BYTES];
} Uart;

/* Starts the port with empty buffers. Returns 0 where the machine does not have it. */
int uartOpen(Uart *uart, int port, int baud);

/* Drops what is buffered. */
void uartClose(Uart *uart);

/*
 * Moves bytes between the buffers and the port, as many as go without waiting. What finds no room stays in
 * the port, which then stops its sender. A port with something to do wakes the machine from its sleep.
 */
void uartPoll(Uart *uart);

#endif
