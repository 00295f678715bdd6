// SPDX-License-Identifier: Apache-2.0
import bleHost, { type Manager, type Transport } from 'ble-host';
import type { Bonds, Peer } from './bonds.ts';
import { nodeFiles } from './files.ts';
import { giveHostKey, putHostKeysRight } from './host-keys.ts';
import { watchKeys } from './key-watch.ts';
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
  const { authenticated } = side.demand;
  const watched = watchKeys(filterSmp(transport, side), (peer, key) =>
    hold({ own, bonds, authenticated }, peer, key),
  );
  return new Promise((resolve, reject) => {
    const options = { staticRandomAddress: address };
    bleHost.BleManager.create(watched, options, (error, manager) => {
      if (error === null) resolve(manager);
      else reject(error);
    });
  });
}

interface Holder {
  readonly own: Peer;
  readonly bonds: Bonds;
  /** What the filter has seen to of every pairing. */
  readonly authenticated: boolean;
}

/**
 * A pairing's key is kept before the PNE can keep it: where this process or the connection ends in between, it
 * is tried once more. Where it cannot be kept the gate refuses the pairing at its end.
 */
function hold({ own, bonds, authenticated }: Holder, peer: Peer, key: Uint8Array): void {
  const bond = { ...peer, authenticated };
  try {
    if (bonds.addTentatively(bond, key)) giveHostKey(own, bond, key);
  } catch {
    // Nor can it at the end.
  }
}
