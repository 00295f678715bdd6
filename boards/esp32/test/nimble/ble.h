// SPDX-License-Identifier: Apache-2.0

/* Test code: what nimble.c uses of NimBLE's header of this name. */

#ifndef TEST_NIMBLE_BLE_H
#define TEST_NIMBLE_BLE_H

#include <stdint.h>

enum { BLE_ERR_REM_USER_CONN_TERM = 0x13 };

typedef struct {
	uint8_t type;
	uint8_t val[6];
} ble_addr_t;

#endif
