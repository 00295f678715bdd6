// SPDX-License-Identifier: Apache-2.0

/** The receiving end of a stream of messages: what it may deliver, and what it may confirm. */
import { ImplementationLimits } from '../limits.ts';
import type { ReplayState } from '../session/received.ts';
import { isFresh } from '../session/replay.ts';

export { NOTHING_RECEIVED } from '../session/received.ts';
export { withAccepted as withReceived } from '../session/replay.ts';

/** Deliver and confirm it; confirm it again; neither, for it may never have been delivered. */
export type Judgement = 'new' | 'seen' | 'tooOld';

/** Numbers of a stream that were delivered. Plain data, to be stored with what was delivered. */
export type Received = ReplayState;

export function judge(received: Received, number: number): Judgement {
  if (isFresh(received, number)) return 'new';
  return received.highest - number < ImplementationLimits.replayWindowSize ? 'seen' : 'tooOld';
}
