// SPDX-License-Identifier: Apache-2.0

/** The number of 16-byte blocks that hold `length` bytes. */
export function blocksOf(length: number): number {
  return (length + 15) >>> 4;
}

/** Copies the bytes, with zeros up to `length` and on to whole blocks, and returns them as words in memory order. */
export function padded(bytes: Uint8Array, length: number): Int32Array {
  const whole = new Uint8Array(16 * blocksOf(length));
  whole.set(bytes);
  return new Int32Array(whole.buffer);
}

/** Changes a word between memory order and big-endian value. */
export function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
