// SPDX-License-Identifier: Apache-2.0

/** `timer` (the part of Moddable's surface that the firmware uses) over timer.c. */

// biome-ignore lint/style/noDefaultExport: Moddable's surface.
export default Object.freeze({
  set(callback: () => void, milliseconds: number): unknown {
    return native('xs_timer_set').call(undefined, callback, milliseconds);
  },
  clear(timer: unknown): void {
    native('xs_timer_clear').call(undefined, timer);
  },
});
