// SPDX-License-Identifier: Apache-2.0

/**
 * Two places for images in a board's named values: the one that starts, and the one that a new image is written to. One
 * value says which is which, and is written last: until then the former image starts, from then on the new one.
 *
 *     head     [1, version: uint, place: 0 or 1, size: uint]    of the image that starts
 *     a0, a1 ... and b0, b1 ...                                   blocks of the places 0 and 1
 */
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { refuse } from '../refusal.ts';
import type { Medium } from '../store/medium.ts';

/** Of an image in a value, but for the last block. */
export const BLOCK_BYTES = 4096;
const FORM = 1;
const HEAD = 'head';
const PLACES = Object.freeze(['a', 'b']);

export interface Installed {
  readonly version: number;
  readonly place: number;
  readonly size: number;
}

/** undefined where no image was ever installed. Refuses `storeInvalid` where the value is none of ours. */
export function readInstalled(medium: Medium): Installed | undefined {
  const bytes = medium.read(HEAD);
  if (bytes === undefined) return undefined;
  const [form, version, place, size, ...more] = decodeFlat(bytes);
  const isHead =
    form === FORM &&
    typeof version === 'number' &&
    (place === 0 || place === 1) &&
    typeof size === 'number' &&
    more.length === 0;
  return isHead ? { version, place, size } : refuse('storeInvalid');
}

/** The commit: one write, which is old or new. */
export function writeInstalled(medium: Medium, { version, place, size }: Installed): void {
  medium.write(HEAD, encodeFlat([FORM, version, place, size]));
}

export function writeBlock(medium: Medium, place: number, index: number, block: Uint8Array): void {
  medium.write(`${PLACES[place]}${index}`, block);
}

/** Calls with each block of the image, in order, which the callee owns. Refuses `updateDamaged` where one is missing. */
export function readImage(
  medium: Medium,
  { place, size }: Installed,
  onBlock: (block: Uint8Array) => void,
): void {
  for (let at = 0, index = 0; at < size; index += 1) {
    const block = medium.read(`${PLACES[place]}${index}`) ?? refuse('updateDamaged');
    if (block.length !== Math.min(BLOCK_BYTES, size - at)) refuse('updateDamaged');
    onBlock(block);
    at += block.length;
  }
}
