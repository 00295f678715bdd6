// SPDX-License-Identifier: Apache-2.0

/** Keys of a store: a byte that says of what, and a number in 3 bytes: they are in the order of their numbers. */
import { withHead } from '../bytes/copy.ts';

const KEY_BYTES = 4;
const NOTHING = new Uint8Array(0);

export function numberedKey(prefix: Uint8Array, number: number): Uint8Array {
  return withHead(prefix[0]! * 2 ** 24 + number, KEY_BYTES, NOTHING);
}

export function numberInKey(key: Uint8Array): number {
  return (key[1]! << 16) | (key[2]! << 8) | key[3]!;
}
