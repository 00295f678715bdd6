// SPDX-License-Identifier: Apache-2.0
import bleHost, { type Manager, type Transport } from 'ble-host';
import type { PairingSide } from './smp.ts';
import { filterSmp } from './smp-filter.ts';

export interface HostOptions extends Omit<PairingSide, 'publicKey'> {
  /** To a controller: whole packets of HCI with their H4 type in front. */
  readonly transport: Transport;
  /** Static random address, most significant byte first; the controller's public one without. */
  readonly address?: string;
}

/**
 * Starts ble-host on a controller, behind the filter of SMP. Rejects where the controller does not answer as
 * it should. Once a process: ble-host has one pair of keys in it, and its bonds in the working directory.
 */
export function openHost({ transport, address, ...side }: HostOptions): Promise<Manager> {
  const options = address === undefined ? {} : { staticRandomAddress: address };
  return new Promise((resolve, reject) => {
    bleHost.BleManager.create(filterSmp(transport, side), options, (error, manager) => {
      if (error === null) resolve(manager);
      else reject(error);
    });
  });
}
