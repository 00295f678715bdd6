// SPDX-License-Identifier: Apache-2.0

/** A timer that fires once unless cancelled. Cancelling twice, or after it fired, does nothing. */
export interface RunningTimer {
  cancel(): void;
}

/** The host's timers, injected: runs `callback` once after so many milliseconds. */
export type After = (milliseconds: number, callback: () => void) => RunningTimer;
