// SPDX-License-Identifier: Apache-2.0

/** What the tests of the handshake share. No image imports it. */

import { type ReasonName, Refusal } from '../refusal.ts';

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
