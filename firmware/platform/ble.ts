// SPDX-License-Identifier: Apache-2.0
import { GATTServer } from 'embedded:io/bluetoothle/peripheral';
import storage from 'embedded:storage/key-value';
import config from 'mc/config';
import { BOND_DOMAIN, forgetBondsIfAsked } from './bonds.ts';
import { createPeripheral, type OpenPeripheral, type Stack } from './peripheral.ts';
import { after } from './timer.ts';

/**
 * SDK 8.2.3 has no flag that says how a connection was paired. That it was LE Secure Connections with a key
 * of 16 bytes is how the image is built: manifests/sdkconfig on ESP32, the host process's gate on Linux.
 */
export const SECURE_CONNECTIONS_ONLY = true;

/** What the board has for pairing, as its manifest says. */
export function ioCapabilities(): 'none' | 'display' {
  return config.ble.ioCapabilities;
}

/** The board's one Bluetooth LE peripheral. */
export function openPeripheral(terminate: Stack['terminate']): OpenPeripheral {
  return (options) => {
    const open = (path: string) => storage.open({ path, format: 'buffer' });
    forgetBondsIfAsked(open('pne'), open(BOND_DOMAIN));
    createPeripheral({ GATTServer, terminate }, after, options);
  };
}

/** `Stack.terminate` of the simulated boards: their `close` frees nothing that is still in use. */
export const closeConnection: Stack['terminate'] = (connection) => connection.close();
