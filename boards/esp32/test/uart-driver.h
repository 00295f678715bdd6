// SPDX-License-Identifier: Apache-2.0

/* Test code: a UART with ESP-IDF's driver, whose interrupts come between any two calls that are not under its lock. */

#ifndef TEST_UART_DRIVER_H
#define TEST_UART_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/* Called for each interrupt point, before the driver looks at the line: moves bytes by wireIn and wireOut. */
extern void (*gWire)(void);

/* The other end sends a byte. It is lost where FIFO and buffer are full, as on a line without flow control. */
void wireIn(uint8_t byte);
/* The other end takes a byte. -1 where there is none. */
int wireOut(void);
/* Bytes that were lost on the way in. */
unsigned wireLost(void);
/* Lets the wire and the interrupt run so many times. */
void wireRun(int times);

/* The same numbers on every machine. */
uint32_t drawn(uint32_t below);

#endif
