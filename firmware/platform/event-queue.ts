// SPDX-License-Identifier: Apache-2.0

import type { After } from '../../src/link/timer.ts';

/** Things that wait for the timer. A value beyond them is lost, which costs its message. */
const MAX_WAITING = 64;

export interface EventQueue {
  later(work: () => void): void;
  /** The same for a value, which is lost where many things wait. */
  value(work: () => void): void;
}

/**
 * Runs what the stack reports from a timer. NimBLE's task waits for `onWrite` to return, and waits for ever
 * where it throws: so it does no more than queue, and what is done with a value, a handshake even, holds up
 * no radio.
 */
export function createQueue(after: After): EventQueue {
  const waiting: (() => void)[] = [];
  const run = () => {
    for (const work of waiting.splice(0)) work();
  };
  const later = (work: () => void) => {
    if (waiting.push(work) === 1) after(0, run);
  };
  return {
    later,
    value(work): void {
      if (waiting.length < MAX_WAITING) later(work);
    },
  };
}
