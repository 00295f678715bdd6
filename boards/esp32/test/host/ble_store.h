// SPDX-License-Identifier: Apache-2.0

/* Test code: what nimble.c uses of NimBLE's header of this name. */

#ifndef TEST_HOST_BLE_STORE_H
#define TEST_HOST_BLE_STORE_H

#include "nimble/ble.h"

struct ble_store_key_sec {
	ble_addr_t peer_addr;
	uint8_t idx;
};

struct ble_store_value_sec {
	ble_addr_t peer_addr;
	uint8_t key_size;
	uint8_t ltk[16];
	uint8_t ltk_present : 1;
	uint8_t sc : 1;
};

int ble_store_read_our_sec(const struct ble_store_key_sec *key, struct ble_store_value_sec *bond);

#endif
