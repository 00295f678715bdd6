// SPDX-License-Identifier: Apache-2.0
import Timer from 'timer';
import type { RunningTimer } from '../../src/link/timer.ts';

/** Runs `callback` once after so many milliseconds, unless cancelled. */
export function after(milliseconds: number, callback: () => void): RunningTimer {
  let running = true;
  const timer = Timer.set(() => {
    running = false;
    callback();
  }, milliseconds);
  return {
    cancel(): void {
      if (!running) return;
      running = false;
      Timer.clear(timer);
    },
  };
}
