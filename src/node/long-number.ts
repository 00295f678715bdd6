// SPDX-License-Identifier: Apache-2.0

/** Numbers in keys of a store, in 8 bytes, so that keys are in the order of their numbers. */

export const LONG_NUMBER_BYTES = 8;

/** Writes a safe integer, 0 or more, from `at`: big-endian. */
export function putLongNumber(target: Uint8Array, at: number, value: number): void {
  for (let index = at + LONG_NUMBER_BYTES - 1, rest = value; index >= at; index -= 1) {
    target[index] = rest;
    rest = Math.floor(rest / 256);
  }
}

/** Reads what `putLongNumber` wrote. */
export function longNumberAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + LONG_NUMBER_BYTES; index += 1) value = 256 * value + bytes[index]!;
  return value;
}
