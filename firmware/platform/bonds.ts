// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../../src/bytes/compare.ts';

/** What of a domain of `embedded:storage/key-value` is needed here. */
export interface Values {
  read(key: string): ArrayBuffer | undefined;
  delete(key: string): void;
}

/** Where NimBLE keeps its bonds in NVS on ESP32, and under which keys, each numbered from 1 (ble_store_nvs.c). */
export const BOND_DOMAIN = 'nimble_bond';
const KINDS: readonly string[] = Object.freeze(['our_sec', 'peer_sec', 'cccd_sec', 'rpa_rec', 'p_dev_rec']);
/** CONFIG_BT_NIMBLE_MAX_CCCDS, the largest number of records of a kind. */
const MAX_RECORDS = 8;
/** In the PNE's own domain: its owner wants bonds gone. */
const WISH = 'forget-bonds';
/** Of an address in front of a record: its type, and six bytes, least significant first. */
const PEER_BYTES = 7;

/**
 * Erases the bond with the peer that the owner has named in the board's store, or every bond where the word names
 * nobody, and then the word: after a power cut it is done again. A name is an address as NimBLE's records begin with,
 * `PEER_BYTES` of it. SDK 8.2.3's server has no way to, and NimBLE ignores the pairing request of a central
 * that it has a bond with. To be called before the peripheral is opened: NimBLE reads its bonds then.
 */
export function forgetBondsIfAsked(own: Values, bonds: Values): void {
  const wish = own.read(WISH);
  if (wish === undefined) return;
  const peer = new Uint8Array(wish, 0, wish.byteLength === PEER_BYTES ? PEER_BYTES : 0);
  for (const kind of KINDS) {
    for (let number = 1; number <= MAX_RECORDS; number += 1) {
      const key = `${kind}_${number}`;
      const record = bonds.read(key);
      if (record !== undefined && isOf(peer, record)) bonds.delete(key);
    }
  }
  own.delete(WISH);
}

/** Nobody has every record. */
function isOf(peer: Uint8Array, record: ArrayBuffer): boolean {
  return equalBytes(peer, new Uint8Array(record, 0, Math.min(peer.length, record.byteLength)));
}
