// SPDX-License-Identifier: Apache-2.0

/** Test code: any fragment, whatever stands before and behind it. Messages are cut by cut.ts. */
import { withHead } from '../bytes/copy.ts';
import {
  FIRST_FRAGMENT,
  type Fragment,
  LAST_FRAGMENT,
  LONG_HEADER_BYTES,
  SHORT_HEADER_BYTES,
} from './fragment.ts';

export function encodeFragment({ isFirst, isLast, number, length, bytes }: Fragment): Uint8Array {
  const head = (isFirst ? FIRST_FRAGMENT : 0) + (isLast ? LAST_FRAGMENT : 0) + number;
  if (isLast || !isFirst) return withHead(head, SHORT_HEADER_BYTES, bytes);
  return withHead(head * 0x10000 + length - 1, LONG_HEADER_BYTES, bytes);
}
