// SPDX-License-Identifier: Apache-2.0
import { GATTServer } from 'embedded:io/bluetoothle/peripheral';
import config from 'mc/config';
import { createPeripheral, type OpenPeripheral } from './peripheral.ts';
import { after } from './timer.ts';

/**
 * SDK 8.2.3 has no flag that says how a connection was paired. That it was LE Secure Connections with a key
 * of 16 bytes is how the image is built: manifests/sdkconfig-ble on ESP32, the host process's gate on
 * Linux.
 */
export const SECURE_CONNECTIONS_ONLY = true;

/** What the board has for pairing, as its manifest says. */
export function ioCapabilities(): 'none' | 'display' {
  return config.ble.ioCapabilities;
}

/** The board's one Bluetooth LE peripheral. */
export const openPeripheral: OpenPeripheral = (options) => createPeripheral(GATTServer, after, options);
