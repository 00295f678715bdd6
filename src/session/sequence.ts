// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

const END = SpecificationLimits.maxSequenceNumber + 1;

/** Where a sender's numbers start, and who keeps their bound. */
export interface SequenceOptions {
  /** First number to use: 0 under a new key, else the last bound that was reserved. */
  readonly firstSequenceNumber: number;
  /**
   * Called before any number below `upTo` that was not yet reserved is used. It returns when `upTo` is
   * stored for good, so that no number is used twice across a restart (RFC 8613 section 7.5 and appendix
   * B.1.1). What it throws reaches the caller of `protect`, and no number is used.
   */
  reserve(upTo: number): void;
}

/** Sender sequence numbers, each given once. */
export interface SequenceNumbers {
  /** Refuses with `sequenceExhausted` or `keyLimitReached` when no number is left under this key. */
  take(): number;
}

/** `maxSealed` is the key's q: numbers start at 0 with the key, so the number is the count. */
export function createSequenceNumbers(options: SequenceOptions, maxSealed: number): SequenceNumbers {
  let next = options.firstSequenceNumber;
  let reserved = next;
  if (!(Number.isInteger(next) && next >= 0 && next <= END)) refuse('badArgument');

  function take(): number {
    if (next >= END) refuse('sequenceExhausted');
    if (next >= maxSealed) refuse('keyLimitReached');
    if (next >= reserved) {
      const upTo = Math.min(next + ImplementationLimits.sequenceBlockSize, END);
      options.reserve(upTo);
      reserved = upTo;
    }
    next += 1;
    return next - 1;
  }

  return { take };
}
