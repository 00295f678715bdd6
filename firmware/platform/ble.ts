// SPDX-License-Identifier: Apache-2.0
import { GATTServer } from 'embedded:io/bluetoothle/peripheral';
import storage from 'embedded:storage/key-value';
import config from 'mc/config';
import { BOND_DOMAIN, forgetBondsIfAsked } from './bonds.ts';
import { createPeripheral, type OpenPeripheral, type StackExtras } from './peripheral.ts';
import { after } from './timer.ts';

/** What the board has for pairing, as its manifest says. */
export function ioCapabilities(): 'none' | 'display' {
  return config.ble.ioCapabilities;
}

/** The board's one Bluetooth LE peripheral. */
export function openPeripheral(extras: StackExtras): OpenPeripheral {
  return (options) => {
    const open = (path: string) => storage.open({ path, format: 'buffer' });
    forgetBondsIfAsked(open('pne'), open(BOND_DOMAIN));
    createPeripheral({ GATTServer, ...extras }, after, options);
  };
}

/** Of the simulated boards, whose `close` frees nothing that is still in use. */
export const SIMULATED: StackExtras = Object.freeze({
  terminate: (connection) => connection.close(),
  channelBinding: (connection) => connection.channelBinding,
  isBonded: (connection) => connection.isBonded === true,
  forgetBond: (connection) => connection.forgetBond?.(),
} satisfies StackExtras);
