// SPDX-License-Identifier: Apache-2.0

import { swapBytes } from './blocks.ts';

/**
 * GHASH (SP 800-38D section 6.4), four bits at a time. Field elements are four int32 words as big-endian
 * values, so that the polynomial's x^0 is the top bit of word 0.
 */
export interface Ghash {
  /** Starts over from zero. */
  reset(): void;
  /** Takes whole blocks in memory order. */
  absorb(words: Int32Array, blocks: number): void;
  /** Takes the closing block: both lengths in bytes, written as 64-bit counts of bits. */
  absorbLengths(aadLength: number, ciphertextLength: number): void;
  /** Writes the result in memory order. */
  digestInto(block: Int32Array): void;
  wipe(): void;
}

/** What four bits shifted out at the x^127 end add at the x^0 end, by x^128 = x^7 + x^2 + x + 1. */
const REDUCTION = Object.freeze(Array.from({ length: 16 }, (_, bits) => reduce(bits)));

/** `subkey` is the encrypted zero block in memory order. */
export function createGhash(subkey: Int32Array): Ghash {
  const table = multiplesOf(subkey);
  const state = new Int32Array(4);

  function absorbBlock(w0: number, w1: number, w2: number, w3: number): void {
    state[0] = state[0]! ^ w0;
    state[1] = state[1]! ^ w1;
    state[2] = state[2]! ^ w2;
    state[3] = state[3]! ^ w3;
    multiply(state, table);
  }

  return Object.freeze({
    reset(): void {
      state.fill(0);
    },
    absorb(words: Int32Array, blocks: number): void {
      for (let at = 0; at < 4 * blocks; at += 4) {
        absorbBlock(
          swapBytes(words[at]!),
          swapBytes(words[at + 1]!),
          swapBytes(words[at + 2]!),
          swapBytes(words[at + 3]!),
        );
      }
    },
    absorbLengths(aadLength: number, ciphertextLength: number): void {
      absorbBlock(aadLength >>> 29, aadLength << 3, ciphertextLength >>> 29, ciphertextLength << 3);
    },
    digestInto(block: Int32Array): void {
      for (let i = 0; i < 4; i++) block[i] = swapBytes(state[i]!);
    },
    wipe(): void {
      table.fill(0);
      state.fill(0);
    },
  });
}

/** Multiplies `state` by the table's element in place, Horner's rule from the x^127 end on. */
function multiply(state: Int32Array, table: Int32Array): void {
  const reduction = REDUCTION;
  let z0 = 0;
  let z1 = 0;
  let z2 = 0;
  let z3 = 0;
  for (let i = 3; i >= 0; i--) {
    let word = state[i]!;
    for (let nibble = 0; nibble < 8; nibble++) {
      const entry = (word & 15) << 2;
      const shiftedOut = z3 & 15;
      z3 = ((z3 >>> 4) | (z2 << 28)) ^ table[entry + 3]!;
      z2 = ((z2 >>> 4) | (z1 << 28)) ^ table[entry + 2]!;
      z1 = ((z1 >>> 4) | (z0 << 28)) ^ table[entry + 1]!;
      z0 = (z0 >>> 4) ^ reduction[shiftedOut]! ^ table[entry]!;
      word >>>= 4;
    }
  }
  state[0] = z0;
  state[1] = z1;
  state[2] = z2;
  state[3] = z3;
}

/** The 16 multiples of the subkey by polynomials of degree < 4: entry 8 is the subkey times 1, 4 times x. */
function multiplesOf(subkey: Int32Array): Int32Array {
  const table = new Int32Array(64);
  for (let i = 0; i < 4; i++) table[32 + i] = swapBytes(subkey[i]!);
  for (let entry = 4; entry > 0; entry >>= 1) timesX(table, 8 * entry, 4 * entry);
  for (let entry = 3; entry < 16; entry++) {
    const low = entry & -entry;
    if (low === entry) continue;
    for (let i = 0; i < 4; i++) table[4 * entry + i] = table[4 * low + i]! ^ table[4 * (entry - low) + i]!;
  }
  return table;
}

function timesX(table: Int32Array, from: number, to: number): void {
  const carry = table[from + 3]! & 1;
  for (let i = 3; i > 0; i--) table[to + i] = (table[from + i]! >>> 1) | (table[from + i - 1]! << 31);
  table[to] = (table[from]! >>> 1) ^ (carry === 1 ? REDUCTION[8]! : 0);
}

function reduce(bits: number): number {
  let sum = 0;
  for (let i = 0; i < 4; i++) if ((bits >> i) & 1) sum ^= 0xe1000000 >>> (3 - i);
  return sum | 0;
}
