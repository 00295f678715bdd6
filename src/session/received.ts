// SPDX-License-Identifier: Apache-2.0

import type { ReceivedState } from '../crypto/records.ts';
import { SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** What a replay window remembers: all that a store has to keep. */
export type ReplayState = Pick<ReceivedState, 'highest' | 'seen'>;

export const NOTHING_RECEIVED: ReceivedState = Object.freeze({ highest: -1, seen: 0, failed: 0 });

/** Refuses with `badArgument` a state that no recipient can have. */
export function checkReceived(state: ReceivedState): void {
  checkReplayState(state);
  if (!(Number.isSafeInteger(state.failed) && state.failed >= 0)) refuse('badArgument');
}

/** Refuses with `badArgument` a state that no window can have. */
export function checkReplayState({ highest, seen }: ReplayState): void {
  const empty = highest === -1 && seen === 0;
  const inRange = highest >= 0 && highest <= SpecificationLimits.maxSequenceNumber;
  const started = Number.isInteger(highest) && inRange && (seen & 1) === 1 && seen >>> 0 === seen;
  if (!empty && !started) refuse('badArgument');
}
