// SPDX-License-Identifier: Apache-2.0
import type { After } from '../../src/link/timer.ts';

/** The timers of this process. */
export const after: After = (milliseconds, callback) => {
  const timer = setTimeout(callback, milliseconds);
  // The sockets keep the process alive, and where they are closed nothing is left to wait for.
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
};
