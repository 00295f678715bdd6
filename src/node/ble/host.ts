// SPDX-License-Identifier: Apache-2.0
import bleHost, { type Manager, type Transport } from 'ble-host';
import type { Bonds } from './bonds.ts';
import { nodeFiles } from './files.ts';
import { putHostKeysRight } from './host-keys.ts';
import type { PairingSide } from './smp.ts';
import { filterSmp } from './smp-filter.ts';

export interface HostOptions extends Omit<PairingSide, 'publicKey'> {
  /** To a controller: whole packets of HCI with their H4 type in front. */
  readonly transport: Transport;
  /** Static random address, most significant byte first. */
  readonly address: string;
  readonly bonds: Bonds;
  /** What a bond or ble-host had forgotten of the other, in one line. */
  onProblem(problem: string): void;
}

/**
 * Starts ble-host on a controller, behind the filter of SMP and with the keys of our bonds. Rejects where the
 * controller does not answer as it should, or the keys cannot be written. Once a process: ble-host has one pair
 * of keys in it, and its files in the working directory.
 */
export async function openHost({
  transport,
  address,
  bonds,
  onProblem,
  ...side
}: HostOptions): Promise<Manager> {
  const own = { addressType: 'random', address } as const;
  for (const problem of putHostKeysRight(nodeFiles, own, bonds)) onProblem(problem);
  return new Promise((resolve, reject) => {
    const options = { staticRandomAddress: address };
    bleHost.BleManager.create(filterSmp(transport, side), options, (error, manager) => {
      if (error === null) resolve(manager);
      else reject(error);
    });
  });
}
