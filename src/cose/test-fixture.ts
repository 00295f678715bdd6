// SPDX-License-Identifier: Apache-2.0

/** What the tests of cose and session share. No image imports it. */

import { createNobleProvider } from '../crypto/noble/provider.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type ReasonName, Refusal } from '../refusal.ts';

/** The expected refusal, as uvu's `throws` takes it. */
export function because(reason: ReasonName): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.reasonName === reason;
}

/** The reason why `act` is refused, or 'accepted'. Anything else that is thrown is passed on. */
export function outcome(act: () => unknown): ReasonName | 'accepted' {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return error.reasonName;
    throw error;
  }
}

/** Nothing in these rooms draws random bytes, and a test would fail that found them to. */
export const provider: CryptoProvider = createNobleProvider(() => {
  throw new Error('no random bytes are expected here');
});

/** mulberry32: the same sequence from the same seed on every engine. Returns 0..2^32-1. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

export function randomBytes(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random() & 0xff);
}
