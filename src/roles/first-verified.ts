// SPDX-License-Identifier: Apache-2.0

import { type ReasonName, Refusal, refuse } from '../refusal.ts';

/**
 * Returns what `verify` makes of the latest candidate that it does not refuse. Where it refuses all of them,
 * so does this, for the reason of the latest; with the reason `none` where there is none.
 */
export function firstVerified<Candidate, Result>(
  candidates: readonly Candidate[],
  verify: (candidate: Candidate) => Result,
  none: ReasonName,
): Result {
  let refusal: Refusal | undefined;
  // By index: an iterator would take stack of a device under all that verifying takes.
  for (let index = candidates.length - 1; index >= 0; index -= 1) {
    try {
      return verify(candidates[index]!);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? refuse(none);
}
