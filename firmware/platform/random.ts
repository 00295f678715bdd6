// SPDX-License-Identifier: Apache-2.0

/** Fills `target` from the board's cryptographically strong source. Throws where that source fails. */
export function fillRandom(this: void, target: Uint8Array): void {
  native('xs_pne_fillRandom').call(this, target);
}
