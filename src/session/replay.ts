// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { checkReplayState, NOTHING_RECEIVED, type ReplayState } from './received.ts';

const SIZE = ImplementationLimits.replayWindowSize;

/** Whether a number was neither accepted before nor is too old to tell (RFC 8613 section 7.4). */
export function isFresh({ highest, seen }: ReplayState, sequence: number): boolean {
  const behind = highest - sequence;
  if (behind < 0) return true;
  return behind < SIZE && (seen & (1 << behind)) === 0;
}

/** The state once `sequence` is accepted. Refuses with `replay` one that is not fresh. */
export function withAccepted(state: ReplayState, sequence: number): ReplayState {
  if (!isFresh(state, sequence)) refuse('replay');
  const { highest, seen } = state;
  // Numbers have up to 40 bits: they are subtracted, never shifted. Only the mask is.
  const ahead = sequence - highest;
  if (ahead <= 0) return { highest, seen: (seen | (1 << -ahead)) >>> 0 };
  return { highest: sequence, seen: ahead >= SIZE ? 1 : ((seen << ahead) | 1) >>> 0 };
}

/**
 * Sliding replay window (RFC 8613 section 7.4): numbers above the highest accepted one, and numbers less
 * than 32 below it that were not yet accepted.
 *
 * Asking and moving are apart, so that a record is verified in between: only a verified number moves the
 * window, and nothing moves it backwards.
 */
export class ReplayWindow {
  private current: ReplayState;

  /** `from` is an earlier window's state; one that no window can have is refused with `badArgument`. */
  constructor(from: ReplayState = NOTHING_RECEIVED) {
    checkReplayState(from);
    this.current = from;
  }

  /** As `isFresh`. Changes nothing. */
  isFresh(sequence: number): boolean {
    return isFresh(this.current, sequence);
  }

  /** Remembers a number whose record has been verified. Refuses with `replay` one that is not fresh. */
  accept(sequence: number): void {
    this.current = withAccepted(this.current, sequence);
  }

  state(): ReplayState {
    const { highest, seen } = this.current;
    return { highest, seen };
  }
}
