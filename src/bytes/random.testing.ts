// SPDX-License-Identifier: Apache-2.0

/** Chance in tests: mulberry32, the same sequence from the same seed on every engine. Returns 0..2^32-1. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Draws a number from 0 to below the limit. */
export type Below = (limit: number) => number;

export function createBelow(seed: number): Below {
  const random = createRandom(seed);
  return (limit) => random() % limit;
}

/** The same as a source for a provider. */
export function createFill(seed: number): (target: Uint8Array) => void {
  const random = createRandom(seed);
  return (target) => {
    for (let i = 0; i < target.length; i++) target[i] = random() & 0xff;
  };
}

export function randomBytes(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random() & 0xff);
}
