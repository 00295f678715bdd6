// SPDX-License-Identifier: Apache-2.0

/*
 * Test code. Port 1 of a chip with ESP-IDF's driver (components/esp_driver_uart in v6.0), as far as serial-line.c sees
 * it: 128 bytes of FIFO each way, buffers behind them, what does not fit kept apart with the interrupt off until somebody
 * has read, and a call for data that came and for an item that went, under the driver's lock.
 */

#include "uart-driver.h"

#include "driver/uart_select.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PORT = 1, FIFO = 128, ITEM_HEADER = 8, ITEM_DESCRIPTION = 12 };

typedef struct {
	uint8_t *bytes;
	size_t size;
	size_t from;
	size_t count;
} Ring;

static Ring gReceived, gSent;
static uint8_t gFifoIn[FIFO], gFifoOut[FIFO], gStash[FIFO];
static size_t gFifoInCount, gFifoOutCount, gStashCount;
/* Bytes of the items in gSent, in order: a call for each that has gone. */
static size_t gItems[64];
static size_t gItemCount;
static bool gInstalled;
static unsigned gLost;
static int gLocked;
static uart_select_notif_callback_t gCallback;
static portMUX_TYPE gSelectLock;
static uint32_t gSeed = 1;

void (*gWire)(void);

uint32_t drawn(uint32_t below)
{
	gSeed = gSeed * 1664525u + 1013904223u;
	return (gSeed >> 8) % below;
}

static void put(Ring *ring, const uint8_t *bytes, size_t count)
{
	assert(ring->count + count <= ring->size);
	for (size_t i = 0; i < count; i++)
		ring->bytes[(ring->from + ring->count++) % ring->size] = bytes[i];
}

static void take(Ring *ring, uint8_t *bytes, size_t count)
{
	assert(count <= ring->count);
	for (size_t i = 0; i < count; i++)
		bytes[i] = ring->bytes[(ring->from + i) % ring->size];
	ring->from = (ring->from + count) % ring->size;
	ring->count -= count;
}

static void notify(uart_select_notif_t event)
{
	BaseType_t woken = 0;
	gLocked++;
	if (gCallback)
		gCallback(PORT, event, &woken);
	gLocked--;
}

static void receiveInterrupt(void)
{
	if (gFifoInCount == 0 || gStashCount > 0)
		return;
	if (gReceived.count + gFifoInCount > gReceived.size) {
		memcpy(gStash, gFifoIn, gFifoInCount);
		gStashCount = gFifoInCount;
	}
	else {
		put(&gReceived, gFifoIn, gFifoInCount);
		notify(UART_SELECT_READ_NOTIF);
	}
	gFifoInCount = 0;
}

static void transmitInterrupt(void)
{
	while (gItemCount > 0 && gFifoOutCount < FIFO) {
		size_t count = gItems[0] < FIFO - gFifoOutCount ? gItems[0] : FIFO - gFifoOutCount;
		take(&gSent, gFifoOut + gFifoOutCount, count);
		gFifoOutCount += count;
		gItems[0] -= count;
		if (gItems[0] > 0)
			return;
		memmove(gItems, gItems + 1, --gItemCount * sizeof(gItems[0]));
		notify(UART_SELECT_WRITE_NOTIF);
	}
}

static void interruptPoint(void)
{
	if (!gInstalled || gLocked)
		return;
	if (gWire)
		gWire();
	/* Late at times, never so late that the FIFO overflows. */
	if (gInstalled && (drawn(3) > 0 || gFifoInCount > FIFO / 2))
		receiveInterrupt();
	if (gInstalled && drawn(3) > 0)
		transmitInterrupt();
}

void wireRun(int times)
{
	while (times-- > 0)
		interruptPoint();
}

void wireIn(uint8_t byte)
{
	if (gFifoInCount == FIFO)
		gLost++;
	else
		gFifoIn[gFifoInCount++] = byte;
}

int wireOut(void)
{
	if (gFifoOutCount == 0)
		return -1;
	int byte = gFifoOut[0];
	memmove(gFifoOut, gFifoOut + 1, --gFifoOutCount);
	return byte;
}

unsigned wireLost(void)
{
	return gLost;
}

esp_err_t uart_driver_install(uart_port_t port, int receive, int transmit, int events, void *queue, int flags)
{
	(void)flags;
	if (port != PORT || gInstalled || receive <= FIFO || transmit <= FIFO || events != 0 || queue)
		return ESP_FAIL;
	gReceived = (Ring){ malloc((size_t)receive), (size_t)receive, 0, 0 };
	gSent = (Ring){ malloc((size_t)transmit), (size_t)transmit, 0, 0 };
	gFifoInCount = gFifoOutCount = gStashCount = gItemCount = 0;
	gInstalled = true;
	return ESP_OK;
}

esp_err_t uart_driver_delete(uart_port_t port)
{
	assert(port == PORT && gInstalled && !gLocked);
	free(gReceived.bytes);
	free(gSent.bytes);
	gInstalled = false;
	gCallback = NULL;
	return ESP_OK;
}

int uart_is_driver_installed(uart_port_t port)
{
	return port == PORT && gInstalled;
}

esp_err_t uart_param_config(uart_port_t port, const uart_config_t *config)
{
	return port == PORT && config->baud_rate > 0 && config->baud_rate < 5000000 ? ESP_OK : ESP_FAIL;
}

esp_err_t uart_set_pin(uart_port_t port, int transmit, int receive, int rts, int cts)
{
	return port == PORT && transmit >= 0 && receive >= 0 && rts < 0 && cts < 0 ? ESP_OK : ESP_FAIL;
}

esp_err_t uart_get_buffered_data_len(uart_port_t port, size_t *bytes)
{
	interruptPoint();
	assert(port == PORT && gInstalled);
	*bytes = gReceived.count;
	return ESP_OK;
}

/* Of the free bytes, what an item leaves for what it carries; half the buffer at most. */
esp_err_t uart_get_tx_buffer_free_size(uart_port_t port, size_t *bytes)
{
	interruptPoint();
	assert(port == PORT && gInstalled);
	size_t taken = gSent.count + gItemCount * (2 * ITEM_HEADER + ITEM_DESCRIPTION);
	size_t left = taken < gSent.size ? gSent.size - taken : 0;
	size_t most = gSent.size / 2 - ITEM_HEADER;
	size_t cost = 2 * ITEM_HEADER + ITEM_DESCRIPTION;
	left = left > cost ? left - cost : 0;
	*bytes = left < most ? left : most;
	return ESP_OK;
}

/* Reading makes room, and what was kept apart takes it. Nobody is told of that. */
int uart_read_bytes(uart_port_t port, void *bytes, uint32_t length, uint32_t ticks)
{
	interruptPoint();
	assert(port == PORT && gInstalled && ticks == 0);
	size_t count = length < gReceived.count ? length : gReceived.count;
	take(&gReceived, bytes, count);
	if (gStashCount > 0 && gReceived.count + gStashCount <= gReceived.size) {
		put(&gReceived, gStash, gStashCount);
		gStashCount = 0;
	}
	return (int)count;
}

/* Where there is no room the driver waits, and XS with it. */
int uart_write_bytes(uart_port_t port, const void *bytes, size_t length)
{
	size_t room;
	uart_get_tx_buffer_free_size(port, &room);
	assert(length > 0 && length <= room && gItemCount < sizeof(gItems) / sizeof(gItems[0]));
	put(&gSent, bytes, length);
	gItems[gItemCount++] = length;
	interruptPoint();
	return (int)length;
}

void uart_set_select_notif_callback(uart_port_t port, uart_select_notif_callback_t callback)
{
	assert(port == PORT && gInstalled);
	gCallback = callback;
}

portMUX_TYPE *uart_get_selectlock(void)
{
	return &gSelectLock;
}

void portENTER_CRITICAL(portMUX_TYPE *lock)
{
	assert(lock == &gSelectLock && gLocked == 0);
	gLocked++;
}

void portEXIT_CRITICAL(portMUX_TYPE *lock)
{
	assert(lock == &gSelectLock && gLocked == 1);
	gLocked--;
	interruptPoint();
}
