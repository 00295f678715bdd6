// SPDX-License-Identifier: Apache-2.0

/**
 * What each bond's pairing really gave, beside the keys that ble-host stores. A key without a row here is
 * none. One process and one working directory a device: ble-host keeps its keys in the latter.
 */
import type { Connection } from 'ble-host';

export interface Peer {
  readonly addressType: 'public' | 'random';
  readonly address: string;
}

export interface Bond extends Peer {
  /** The pairing was protected against a man in the middle. */
  readonly authenticated: boolean;
}

/** Where bonds are kept: one text under each name. A write or removal that fails throws and changes nothing. */
export interface BondStore {
  readAll(): ReadonlyMap<string, string>;
  /** The text is kept when this returns; until then, and after a crash, the former may be. */
  write(name: string, text: string): void;
  /** Nothing happens where there is none. */
  remove(name: string): void;
}

interface Row extends Bond {
  /** Counts the bonds of a device from 0. */
  readonly order: number;
}

export function peerOf({ peerAddressType, peerAddress }: Connection): Peer {
  return { addressType: peerAddressType, address: peerAddress };
}

export class Bonds {
  private readonly store: BondStore;
  private readonly capacity: number;
  private readonly rows: Map<string, Row>;

  /** `capacity`: with so many bonds no stranger is paired with. */
  constructor(store: BondStore, capacity: number) {
    this.store = store;
    this.capacity = capacity;
    this.rows = readRows(store);
  }

  /** Oldest first. */
  get all(): readonly Bond[] {
    return [...this.rows.values()];
  }

  get isFull(): boolean {
    return this.rows.size >= this.capacity;
  }

  find(peer: Peer): Bond | undefined {
    return this.rows.get(nameOf(peer));
  }

  /** The bond is the newest then. */
  add({ addressType, address, authenticated }: Bond): void {
    const newest = [...this.rows.values()].at(-1);
    const row = { addressType, address, authenticated, order: (newest?.order ?? -1) + 1 };
    const name = nameOf(row);
    this.store.write(name, JSON.stringify(row));
    this.rows.delete(name);
    this.rows.set(name, row);
  }

  remove(peer: Peer): void {
    this.store.remove(nameOf(peer));
    this.rows.delete(nameOf(peer));
  }
}

function nameOf({ addressType, address }: Peer): string {
  return `${addressType}-${address.replaceAll(':', '')}`;
}

/** What is no row, or another's, is no bond: that peer pairs again. */
function readRows(store: BondStore): Map<string, Row> {
  const rows = [...store.readAll()].flatMap(([name, text]) => {
    const row = parse(text);
    return row !== undefined && nameOf(row) === name ? [row] : [];
  });
  rows.sort((a, b) => a.order - b.order);
  return new Map(rows.map((row) => [nameOf(row), row]));
}

function parse(text: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  const { addressType, address, authenticated, order } = value as Partial<Record<keyof Row, unknown>>;
  const isPeer = (addressType === 'public' || addressType === 'random') && typeof address === 'string';
  return isPeer && typeof authenticated === 'boolean' && Number.isSafeInteger(order);
}
