// SPDX-License-Identifier: Apache-2.0

import { createHmac } from 'node:crypto';
import { BLE_BINDING_BYTES, BLE_BINDING_LABEL } from '../../link/ble.ts';

/**
 * Returns what names a connection at both ends. `key`: its long-term key as HCI carries it, least significant
 * byte first, borrowed for the call. NimBLE's is boards/esp32/nimble.c.
 */
export function channelBinding(key: Uint8Array): Uint8Array {
  const mac = createHmac('sha256', key).update(BLE_BINDING_LABEL).digest();
  return new Uint8Array(mac.subarray(0, BLE_BINDING_BYTES));
}
