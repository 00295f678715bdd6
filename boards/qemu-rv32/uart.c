// SPDX-License-Identifier: Apache-2.0

/*
 * The 16550 at its two places in QEMU's virt machine, polled: the run loop asks after each callback, and
 * interrupts only end its sleep (clock.c).
 */

#include "uart.h"
#include "interrupts.h"

#include <stddef.h>
#include <string.h>

/* The machine's own port. */
#define UART0 0x10000000u
#define UART0_INTERRUPT 10

/* The PCI bus: configuration space of slot 1, the window to its I/O space, and its four interrupts. */
#define PCI_SLOT ((volatile uint32_t *)(0x30000000u + (1u << 15)))
#define PCI_PORTS 0x03000000u
#define PCI_FIRST_INTERRUPT 32
#define PCI_INTERRUPTS 4
#define PCI_SERIAL_ID 0x00021b36u
/* Any place in I/O space but 0, which means none. */
#define PCI_SERIAL_AT 0x1000u

#define UART_CLOCK 3686400
#define UART_FIFO_BYTES 16

enum {
	regData = 0,
	regDivisorLow = 0,
	regInterruptEnable = 1,
	regDivisorHigh = 1,
	regFifoControl = 2,
	regLineControl = 3,
	regLineStatus = 5,
};

enum {
	enableReadable = 1,
	enableWritable = 2,
	fifoOn = 0x01,
	fifoReset = 0x06,
	/* An interrupt for 8 bytes, or for fewer when the line is quiet for 4 characters. */
	fifoTrigger8 = 0x80,
	lineEightBits = 0x03,
	lineDivisorAccess = 0x80,
	statusReadable = 0x01,
	statusWritable = 0x20,
};

enum {
	pciId = 0,
	pciCommand = 1,
	pciAddress = 4,
};

static volatile uint8_t *findPci(void)
{
	if (PCI_SLOT[pciId] != PCI_SERIAL_ID)
		return NULL;
	PCI_SLOT[pciAddress] = PCI_SERIAL_AT;
	PCI_SLOT[pciCommand] |= 1;
	for (unsigned i = 0; i < PCI_INTERRUPTS; i++)
		interruptEnable(PCI_FIRST_INTERRUPT + i);
	return (volatile uint8_t *)(PCI_PORTS + PCI_SERIAL_AT);
}

static volatile uint8_t *findPort(int port)
{
	if (port == 1)
		return findPci();
	if (port != 0)
		return NULL;
	interruptEnable(UART0_INTERRUPT);
	return (volatile uint8_t *)UART0;
}

int uartOpen(Uart *uart, int port, int baud)
{
	volatile uint8_t *registers = findPort(port);
	if (!registers)
		return 0;
	int divisor = UART_CLOCK / 16 / baud;
	if (divisor < 1)
		divisor = 1;
	registers[regInterruptEnable] = 0;
	registers[regLineControl] = lineDivisorAccess;
	registers[regDivisorLow] = (uint8_t)divisor;
	registers[regDivisorHigh] = (uint8_t)(divisor >> 8);
	registers[regLineControl] = lineEightBits;
	registers[regFifoControl] = fifoOn | fifoReset | fifoTrigger8;
	uart->registers = registers;
	uart->readCount = 0;
	uart->writeCount = 0;
	uartPoll(uart);
	return 1;
}

void uartClose(Uart *uart)
{
	if (uart->registers)
		uart->registers[regInterruptEnable] = 0;
	uart->registers = NULL;
}

static void receive(Uart *uart)
{
	while (uart->readCount < UART_BUFFER_BYTES && uart->registers[regLineStatus] & statusReadable)
		uart->readBytes[uart->readCount++] = uart->registers[regData];
}

/* The status says that the whole FIFO is empty. */
static void transmit(Uart *uart)
{
	uint32_t sent = 0;
	while (sent < uart->writeCount && uart->registers[regLineStatus] & statusWritable) {
		for (int room = UART_FIFO_BYTES; room > 0 && sent < uart->writeCount; room--)
			uart->registers[regData] = uart->writeBytes[sent++];
	}
	uart->writeCount -= sent;
	memmove(uart->writeBytes, uart->writeBytes + sent, uart->writeCount);
}

void uartPoll(Uart *uart)
{
	receive(uart);
	transmit(uart);
	uart->registers[regInterruptEnable] = (uint8_t)((uart->readCount < UART_BUFFER_BYTES ? enableReadable : 0)
		| (uart->writeCount ? enableWritable : 0));
}
