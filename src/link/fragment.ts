// SPDX-License-Identifier: Apache-2.0

/**
 * Pieces of a link message, each the value of one ATT notification or write:
 *
 *      0 1 2         15
 *     +-+-+-----------+-----------------------+- - - - - - -
 *     |F|L|  number   | length - 1 (uint16)   | bytes ...       the length only where F and not L
 *     +-+-+-----------+-----------------------+- - - - - - -
 *
 * F: the first of its message, L: the last. Numbers count the fragments of one direction of one connection
 * from 0 and wrap, so that a lost or repeated fragment shows, within a message and between two.
 */
import { withoutHead } from '../bytes/copy.ts';
import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

export interface Fragment {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Below `FRAGMENT_NUMBERS`. */
  readonly number: number;
  /** Bytes of the whole message, where the fragment is the first. */
  readonly length: number;
  /** Borrowed from the value. 1 byte or more. */
  readonly bytes: Uint8Array;
}

export const FRAGMENT_NUMBERS = 0x4000;
/** In front of the bytes of the first fragment of several. */
export const LONG_HEADER_BYTES = 4;
/** In front of the bytes of any other. */
export const SHORT_HEADER_BYTES = 2;

/** Of the first two bytes. */
export const FIRST_FRAGMENT = 0x8000;
export const LAST_FRAGMENT = 0x4000;
/** The first two bytes of a fragment that is all of its message, but for the number. */
export const ONLY_FRAGMENT = 0xc000;

const FIRST = 0x80;
const LAST = 0x40;

/** Bytes of value that a notification or write carries at this ATT_MTU, which is 23 or more. */
export function valueBytes(mtu: number): number {
  const { attHeaderBytes, attMaxValueBytes } = SpecificationLimits;
  return Math.min(mtu - attHeaderBytes, attMaxValueBytes);
}

/** Returns the message of an only fragment with this number, borrowed; undefined for any other. */
export function decodeOnly(number: number, value: Uint8Array): Uint8Array | undefined {
  const { linkMaxMessageBytes } = ImplementationLimits;
  return withoutHead(ONLY_FRAGMENT + number, SHORT_HEADER_BYTES, value, linkMaxMessageBytes);
}

/**
 * Refuses `frameInvalid` for what carries no bytes, or all of its message without saying that it is the
 * last, and `tooLong` past the link limit.
 */
export function decodeFragment(value: Uint8Array): Fragment {
  const head = value[0] ?? 0;
  const isFirst = (head & FIRST) !== 0;
  const isLast = (head & LAST) !== 0;
  const bytes = value.subarray(isFirst && !isLast ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES);
  if (bytes.length === 0) refuse('frameInvalid');
  const length = isLast ? bytes.length : lengthOf(value);
  if (isFirst && length > ImplementationLimits.linkMaxMessageBytes) refuse('tooLong');
  if (isFirst && !isLast && bytes.length >= length) refuse('frameInvalid');
  return { isFirst, isLast, number: ((head & 0x3f) << 8) | value[1]!, length, bytes };
}

function lengthOf(value: Uint8Array): number {
  return ((value[2]! << 8) | value[3]!) + 1;
}
