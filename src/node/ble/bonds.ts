// SPDX-License-Identifier: Apache-2.0

/**
 * What each bond's pairing really gave, beside the keys that ble-host stores: oldest first. A key without a
 * row here is none. One process and one working directory a device: ble-host keeps its keys in the latter.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Connection } from 'ble-host';

export interface Peer {
  readonly addressType: 'public' | 'random';
  readonly address: string;
}

export interface Bond extends Peer {
  /** The pairing was protected against a man in the middle. */
  readonly authenticated: boolean;
}

const PATH = 'bonds.json';

export function peerOf({ peerAddressType, peerAddress }: Connection): Peer {
  return { addressType: peerAddressType, address: peerAddress };
}

export function isSamePeer(a: Peer, b: Peer): boolean {
  return a.addressType === b.addressType && a.address === b.address;
}

/** The bonds of this process's device. Every change is on disk when the call returns, or the old is. */
export class Bonds {
  private bonds: readonly Bond[] = read();

  get all(): readonly Bond[] {
    return this.bonds;
  }

  find(peer: Peer): Bond | undefined {
    return this.bonds.find((bond) => isSamePeer(bond, peer));
  }

  add(bond: Bond): void {
    this.replace([...this.bonds.filter((other) => !isSamePeer(other, bond)), bond]);
  }

  remove(peer: Peer): void {
    this.replace(this.bonds.filter((bond) => !isSamePeer(bond, peer)));
  }

  private replace(bonds: readonly Bond[]): void {
    writeFileSync(`${PATH}.new`, JSON.stringify(bonds), { mode: 0o600 });
    renameSync(`${PATH}.new`, PATH);
    this.bonds = bonds;
  }
}

/** A file that is not there, or not ours, holds no bonds: their peers pair again. */
function read(): readonly Bond[] {
  try {
    const value: unknown = JSON.parse(readFileSync(PATH, 'utf8'));
    return Array.isArray(value) && value.every(isBond) ? value : [];
  } catch {
    return [];
  }
}

function isBond(value: unknown): value is Bond {
  if (typeof value !== 'object' || value === null) return false;
  const { addressType, address, authenticated } = value as Partial<Record<keyof Bond, unknown>>;
  const isPeer = (addressType === 'public' || addressType === 'random') && typeof address === 'string';
  return isPeer && typeof authenticated === 'boolean';
}
