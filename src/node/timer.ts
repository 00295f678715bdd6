// SPDX-License-Identifier: Apache-2.0
import type { After } from '../link/timer.ts';

/** The timers of this process. They do not keep it alive: sockets do, and where those are closed nothing is left. */
export const after: After = (milliseconds, callback) => {
  const timer = setTimeout(callback, milliseconds);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
};
