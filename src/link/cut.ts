// SPDX-License-Identifier: Apache-2.0

/** A message cut into fragments. On devices in C (firmware/native/payload-copy.c): most of what a fragment costs was this. */
import { withHead } from '../bytes/copy.ts';
import { FIRST_FRAGMENT, LAST_FRAGMENT, LONG_HEADER_BYTES, SHORT_HEADER_BYTES } from './fragment.ts';

/**
 * Returns the fragment with this number, of `maxBytes` at most (20 or more), that begins at `start` of the message, where
 * there is a byte. The caller owns it.
 */
export function cutFragment(
  message: Uint8Array,
  start: number,
  maxBytes: number,
  number: number,
): Uint8Array {
  const { length } = message;
  const isLast = length - start <= maxBytes - SHORT_HEADER_BYTES;
  const head = (start === 0 ? FIRST_FRAGMENT : 0) + (isLast ? LAST_FRAGMENT : 0) + number;
  if (isLast) return withHead(head, SHORT_HEADER_BYTES, message, start);
  if (start > 0)
    return withHead(head, SHORT_HEADER_BYTES, message, start, start + maxBytes - SHORT_HEADER_BYTES);
  return withHead(head * 0x10000 + length - 1, LONG_HEADER_BYTES, message, 0, maxBytes - LONG_HEADER_BYTES);
}
