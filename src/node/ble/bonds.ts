// SPDX-License-Identifier: Apache-2.0

/**
 * The bonds of a device: what each one's pairing really gave, and its key, in one row. A row without a key is
 * no bond. What ble-host keeps of keys is a copy that host-keys.ts makes at each start.
 */
import type { Connection } from 'ble-host';
import { fromHex, toHex } from '../../bytes/hex.ts';
import { BLE_KEY_BYTES } from '../../link/ble.ts';

export interface Peer {
  readonly addressType: 'public' | 'random';
  readonly address: string;
}

export interface Bond extends Peer {
  /** The pairing was protected against a man in the middle. */
  readonly authenticated: boolean;
}

/**
 * Where bonds are kept: one text under each name. A write or removal that fails throws; after a restart either
 * text may be there.
 */
export interface BondStore {
  readAll(): ReadonlyMap<string, string>;
  /** The text is kept when this returns; until then, and after a crash, the former may be. */
  write(name: string, text: string): void;
  /** Nothing happens where there is none. */
  remove(name: string): void;
}

interface Row {
  readonly bond: Bond;
  /** Counts the bonds of a device from 0. */
  readonly order: number;
  /** In hexadecimal digits. */
  readonly key: string;
  /** The peer may not have kept it: it has not proved above the link who it is. */
  readonly isTentative: boolean;
}

export function peerOf({ peerAddressType, peerAddress }: Connection): Peer {
  return { addressType: peerAddressType, address: peerAddress };
}

export class Bonds {
  /** Names under which the store had something that is no bond: those peers pair again. */
  readonly unreadable: readonly string[];
  private readonly store: BondStore;
  private readonly capacity: number;
  private readonly rows: Map<string, Row>;
  private readonly expected = new Set<string>();

  /** `capacity`: with so many bonds no stranger is paired with. */
  constructor(store: BondStore, capacity: number) {
    this.store = store;
    this.capacity = capacity;
    const texts = store.readAll();
    this.rows = readRows(texts);
    this.unreadable = [...texts.keys()].filter((name) => !this.rows.has(name));
  }

  /** Oldest first. */
  get all(): readonly Bond[] {
    return [...this.rows.values()].map(({ bond }) => bond);
  }

  get isFull(): boolean {
    return this.rows.size >= this.capacity;
  }

  find(peer: Peer): Bond | undefined {
    return this.rows.get(nameOf(peer))?.bond;
  }

  /** The long-term key, a copy of it. undefined where there is no bond. */
  keyOf(peer: Peer): Uint8Array | undefined {
    const row = this.rows.get(nameOf(peer));
    return row && fromHex(row.key);
  }

  isTentative(peer: Peer): boolean {
    return this.rows.get(nameOf(peer))?.isTentative === true;
  }

  /** The bond is the newest then. `key`: the long-term key, `BLE_KEY_BYTES` of it. */
  add(bond: Bond, key: Uint8Array): void {
    this.put(bond, key, false);
    this.expected.delete(nameOf(bond));
  }

  /** A pairing with the peer has begun. */
  expect(peer: Peer): void {
    this.expected.add(nameOf(peer));
  }

  /**
   * As `add`, of a pairing that is about to be complete: `complete`, `add` or `abandon` follows, or a crash. Returns whether
   * one was expected: the key may be another's, of a bond that was forgotten.
   */
  addTentatively(bond: Bond, key: Uint8Array): boolean {
    if (!this.expected.has(nameOf(bond))) return false;
    this.put(bond, key, true);
    return true;
  }

  /** The pairing is complete. What it left stays tentative until `add`. */
  complete(bond: Bond, key: Uint8Array): void {
    this.put(bond, key, true);
    this.expected.delete(nameOf(bond));
  }

  /** No pairing is expected any more, and what it may have left is gone. */
  abandon(peer: Peer): void {
    this.expected.delete(nameOf(peer));
    if (this.isTentative(peer)) this.remove(peer);
  }

  remove(peer: Peer): void {
    this.expected.delete(nameOf(peer));
    this.store.remove(nameOf(peer));
    this.rows.delete(nameOf(peer));
  }

  private put({ addressType, address, authenticated }: Bond, key: Uint8Array, isTentative: boolean): void {
    const newest = [...this.rows.values()].at(-1);
    const bond = { addressType, address, authenticated };
    const row = { bond, order: (newest?.order ?? -1) + 1, key: toHex(key), isTentative };
    const name = nameOf(bond);
    this.store.write(name, JSON.stringify({ ...bond, order: row.order, key: row.key, isTentative }));
    this.rows.delete(name);
    this.rows.set(name, row);
  }
}

/** One name for each peer. */
export function nameOf({ addressType, address }: Peer): string {
  return `${addressType}-${address.replaceAll(':', '')}`;
}

/** What is no row, or another's, is no bond. */
function readRows(texts: ReadonlyMap<string, string>): Map<string, Row> {
  const rows = [...texts].flatMap(([name, text]) => {
    const row = parse(text);
    return row !== undefined && nameOf(row.bond) === name ? [row] : [];
  });
  rows.sort((a, b) => a.order - b.order);
  return new Map(rows.map((row) => [nameOf(row.bond), row]));
}

function parse(text: string): Row | undefined {
  try {
    return rowOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function rowOf(value: unknown): Row | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { addressType, address, authenticated, order, key, isTentative } = value as Readonly<
    Record<string, unknown>
  >;
  if (addressType !== 'public' && addressType !== 'random') return undefined;
  if (typeof address !== 'string' || !ADDRESS.test(address)) return undefined;
  if (typeof authenticated !== 'boolean' || !Number.isSafeInteger(order)) return undefined;
  if (typeof key !== 'string' || !KEY.test(key) || typeof isTentative !== 'boolean') return undefined;
  return { bond: { addressType, address, authenticated }, order: order as number, key, isTentative };
}

/** A row names files and is handed to ble-host, which throws at what is no address. */
const ADDRESS = /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/;
const KEY = new RegExp(`^[0-9a-f]{${2 * BLE_KEY_BYTES}}$`);
