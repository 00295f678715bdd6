// SPDX-License-Identifier: Apache-2.0

/** Microseconds since some moment before the start, never backwards. */
export function monotonicMicroseconds(this: void): number {
  return native('xs_pne_microseconds').call(this);
}
