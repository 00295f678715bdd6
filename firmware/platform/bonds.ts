// SPDX-License-Identifier: Apache-2.0

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
/** In the PNE's own domain: its owner wants the bonds gone. */
const WISH = 'forget-bonds';

/**
 * Erases every bond of the board where its owner has left word in its store, and then the word: after a power
 * cut it is done again. SDK 8.2.3's server has no way to, and NimBLE ignores the pairing request of a central
 * that it has a bond with. To be called before the peripheral is opened: NimBLE reads its bonds then.
 */
export function forgetBondsIfAsked(own: Values, bonds: Values): void {
  if (own.read(WISH) === undefined) return;
  for (const kind of KINDS) {
    for (let number = 1; number <= MAX_RECORDS; number += 1) {
      const key = `${kind}_${number}`;
      if (bonds.read(key) !== undefined) bonds.delete(key);
    }
  }
  own.delete(WISH);
}
