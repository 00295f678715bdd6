// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
import type { After, RunningTimer } from '../link/timer.ts';

/** What all messages to one peer wait by. */
export interface Pace {
  readonly after: After;
  /** Evenly spread from 0 to 1: what waits at many ends does not come back at once. */
  random(): number;
  /** Verified messages of the peer so far. */
  readonly heard: number;
}

const { maxResendDoublings, maxSilentResends, receiptTimeoutMs } = ImplementationLimits;

/**
 * One message that is sent again until its owner stops it: four times in the time that a peer which has lost its
 * keys is given, then ever more rarely.
 */
export class Transmission {
  private readonly pace: Pace;
  private readonly send: () => void;
  private readonly onSilence: (() => void) | undefined;
  private timer: RunningTimer | undefined;
  private attempts = 0;
  /** Of `pace.heard`, and times sent since it changed. */
  private heard = 0;
  private unheard = 0;

  /**
   * `onSilence`: nothing at all was heard of the peer for as long as it is given. The message is then not sent
   * again until `start`. Without it sending goes on.
   */
  constructor(pace: Pace, send: () => void, onSilence?: () => void) {
    this.pace = pace;
    this.send = send;
    this.onSilence = onSilence;
  }

  /** Whether it has been sent so often that the next time is far. */
  get isStalled(): boolean {
    return this.attempts > maxSilentResends + 1;
  }

  /** Sends it now, and counts from there. */
  start(): void {
    this.attempts = 0;
    this.heard = this.pace.heard;
    this.unheard = 0;
    this.transmit();
  }

  /** Safe to call twice. */
  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private transmit(): void {
    this.stop();
    this.attempts += 1;
    this.timer = this.pace.after(delayMs(this.attempts, this.pace.random()), () => this.repeat());
    this.send();
  }

  private repeat(): void {
    if (this.heard !== this.pace.heard) this.unheard = 0;
    this.heard = this.pace.heard;
    this.unheard += 1;
    if (this.unheard > maxSilentResends && this.onSilence !== undefined) this.onSilence();
    else this.transmit();
  }
}

function delayMs(attempts: number, random: number): number {
  const doublings = Math.min(Math.max(0, attempts - maxSilentResends - 1), maxResendDoublings);
  return Math.round(receiptTimeoutMs * 2 ** doublings * (1 + random / 2));
}
