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
