// SPDX-License-Identifier: Apache-2.0

/** Lets the time of an air follow the wall clock. */
import type { AirClock } from './clock.ts';

/** A process that was held up longer does not make up for it: its air stood still meanwhile. */
const MAX_STEP_MICROSECONDS = 1_000_000;

export interface Pacing {
  stop(): void;
}

/** `speed`: seconds of the air in a second of the wall; the air's time is exact, however coarse timers are. */
export function startPacing(clock: AirClock, speed = 1): Pacing {
  const perMillisecond = 1000 * speed;
  let wall = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const catchUp = () => {
    const elapsed = (performance.now() - wall) * perMillisecond;
    wall = performance.now();
    clock.run(Math.min(Math.round(elapsed), MAX_STEP_MICROSECONDS));
  };
  const arm = () => {
    clearTimeout(timer);
    const wait = clock.untilNext;
    if (wait === undefined) return;
    timer = setTimeout(() => {
      catchUp();
      arm();
    }, wait / perMillisecond);
  };
  clock.onAct(catchUp, arm);
  arm();
  return {
    stop() {
      clearTimeout(timer);
      clock.onAct(
        () => undefined,
        () => undefined,
      );
    },
  };
}
