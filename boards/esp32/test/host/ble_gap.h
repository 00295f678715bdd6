// SPDX-License-Identifier: Apache-2.0

/* Test code: what nimble.c uses of NimBLE's header of this name. */

#ifndef TEST_HOST_BLE_GAP_H
#define TEST_HOST_BLE_GAP_H

#include "nimble/ble.h"

struct ble_gap_sec_state {
	unsigned encrypted : 1;
	unsigned authenticated : 1;
	unsigned bonded : 1;
	unsigned key_size : 5;
};

struct ble_gap_conn_desc {
	struct ble_gap_sec_state sec_state;
	ble_addr_t peer_id_addr;
};

int ble_gap_conn_find(uint16_t handle, struct ble_gap_conn_desc *connection);
int ble_gap_unpair(const ble_addr_t *peer_addr);
int ble_gap_terminate(uint16_t handle, uint8_t reason);

#endif
