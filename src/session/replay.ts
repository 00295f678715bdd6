// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { checkReplayState, NOTHING_RECEIVED, type ReplayState } from './received.ts';

const SIZE = ImplementationLimits.replayWindowSize;

/**
 * Sliding replay window (RFC 8613 section 7.4): numbers above the highest accepted one, and numbers less
 * than 32 below it that were not yet accepted.
 *
 * Asking and moving are apart, so that a record is verified in between: only a verified number moves the
 * window, and nothing moves it backwards.
 */
export class ReplayWindow {
  private highest: number;
  private seen: number;

  /** `from` is an earlier window's state; one that no window can have is refused with `badArgument`. */
  constructor(from: ReplayState = NOTHING_RECEIVED) {
    checkReplayState(from);
    this.highest = from.highest;
    this.seen = from.seen;
  }

  /** Whether a number was neither accepted before nor is too old to tell. Changes nothing. */
  isFresh(sequence: number): boolean {
    const behind = this.highest - sequence;
    if (behind < 0) return true;
    return behind < SIZE && (this.seen & (1 << behind)) === 0;
  }

  /** Remembers a number whose record has been verified. Refuses with `replay` one that is not fresh. */
  accept(sequence: number): void {
    if (!this.isFresh(sequence)) refuse('replay');
    // Numbers have up to 40 bits: they are subtracted, never shifted. Only the mask is.
    const ahead = sequence - this.highest;
    if (ahead <= 0) {
      this.seen = (this.seen | (1 << -ahead)) >>> 0;
      return;
    }
    this.seen = ahead >= SIZE ? 1 : ((this.seen << ahead) | 1) >>> 0;
    this.highest = sequence;
  }

  state(): ReplayState {
    return { highest: this.highest, seen: this.seen };
  }
}
