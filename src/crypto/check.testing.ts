// SPDX-License-Identifier: Apache-2.0

import * as assert from 'uvu/assert';
import { type ReasonName, Refusal } from '../refusal.ts';

/** Asserts that the call is refused with this reason and no other error. */
export function refuses(reasonName: ReasonName, call: () => unknown, message: string = reasonName): void {
  let raised: unknown;
  try {
    call();
  } catch (error) {
    raised = error;
  }
  assert.instance(raised, Refusal, message);
  assert.is((raised as Refusal).reasonName, reasonName, message);
}

/** `length` bytes, each different from its neighbours. */
export function pattern(length: number, seed: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => (i + 1) * (2 * seed + 1));
}

/** A copy with one bit changed. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
  return flipped;
}
