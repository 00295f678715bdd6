// SPDX-License-Identifier: Apache-2.0

/* Test code: what serial-line.c uses of ESP-IDF's UART driver. uart-driver.c beside this folder is the driver. */

#ifndef TEST_DRIVER_UART_H
#define TEST_DRIVER_UART_H

#include <stddef.h>
#include <stdint.h>

enum { UART_NUM_MAX = 2, UART_PIN_NO_CHANGE = -1, ESP_OK = 0, ESP_FAIL = -1 };
enum { UART_DATA_8_BITS = 3, UART_PARITY_DISABLE = 0, UART_STOP_BITS_1 = 1, UART_HW_FLOWCTRL_DISABLE = 0, UART_SCLK_DEFAULT = 4 };

typedef int esp_err_t;
typedef int uart_port_t;
typedef int BaseType_t;
typedef int portMUX_TYPE;

typedef struct {
	int baud_rate;
	int data_bits;
	int parity;
	int stop_bits;
	int flow_ctrl;
	int source_clk;
} uart_config_t;

esp_err_t uart_driver_install(uart_port_t port, int receive, int transmit, int events, void *queue, int flags);
esp_err_t uart_driver_delete(uart_port_t port);
int uart_is_driver_installed(uart_port_t port);
esp_err_t uart_param_config(uart_port_t port, const uart_config_t *config);
esp_err_t uart_set_pin(uart_port_t port, int transmit, int receive, int rts, int cts);
esp_err_t uart_get_buffered_data_len(uart_port_t port, size_t *bytes);
esp_err_t uart_get_tx_buffer_free_size(uart_port_t port, size_t *bytes);
int uart_read_bytes(uart_port_t port, void *bytes, uint32_t length, uint32_t ticks);
int uart_write_bytes(uart_port_t port, const void *bytes, size_t length);

void portENTER_CRITICAL(portMUX_TYPE *lock);
void portEXIT_CRITICAL(portMUX_TYPE *lock);

#endif
