// SPDX-License-Identifier: Apache-2.0

/**
 * Whether the peer of a link still lives, where the link itself does not tell: both ends send something at
 * least every other beat, and who hears nothing for too long gives the link up. What is counted is beats, not
 * time, so that an end that was stopped for a while reads first what came meanwhile.
 */
import { ImplementationLimits } from '../limits.ts';
import type { After, RunningTimer } from './timer.ts';

export interface LivenessOptions {
  readonly after: After;
  /** Shows the peer that this end lives. False where what was sent before is in the way. */
  beat(): boolean;
  /** The peer has gone, or takes nothing any more. Comes once and last. */
  onSilent(): void;
}

export interface Liveness {
  /** Something whole came from the peer. Half a message is no sign of life. */
  heard(): void;
  /** Safe to call twice. */
  stop(): void;
}

/** A peer that vanished is noticed between three and four times `linkBeatMs` after it was heard last. */
export function watchLiveness({ after, beat, onSilent }: LivenessOptions): Liveness {
  const { linkBeatMs, linkMaxSilentBeats } = ImplementationLimits;
  let silentBeats = 0;
  let blocked = false;
  let timer: RunningTimer = after(linkBeatMs, tick);

  function tick(): void {
    if (silentBeats === linkMaxSilentBeats) return onSilent();
    silentBeats += 1;
    timer = after(linkBeatMs, tick);
    blocked = !beat();
  }

  return {
    heard(): void {
      if (!blocked) silentBeats = 0;
    },
    stop: () => timer.cancel(),
  };
}
