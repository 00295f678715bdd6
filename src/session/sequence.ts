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
  /** Refuses with `sequenceExhausted` or `keyLimitReached` when no number is left. */
  take(): number;
}

/** Numbers below `maxSealed`, which for a key is its q: they start at 0 with the key, so the number is the count. */
export function createSequenceNumbers(options: SequenceOptions, maxSealed: number): SequenceNumbers {
  checkFirstSequenceNumber(options.firstSequenceNumber);
  let sequence = options.firstSequenceNumber;
  let reserved = sequence;

  return {
    take() {
      if (sequence >= END) refuse('sequenceExhausted');
      if (sequence >= maxSealed) refuse('keyLimitReached');
      if (sequence >= reserved) {
        const upTo = blockEnd(sequence);
        options.reserve(upTo);
        reserved = upTo;
      }
      sequence += 1;
      return sequence - 1;
    },
  };
}

/** The bound to reserve when the next number is `sequence`. */
export function blockEnd(sequence: number): number {
  return Math.min(sequence + ImplementationLimits.sequenceBlockSize, END);
}

/** Refuses with `badArgument` a number that no sender can start with. */
export function checkFirstSequenceNumber(first: number): void {
  if (!(Number.isInteger(first) && first >= 0 && first <= END)) refuse('badArgument');
}
