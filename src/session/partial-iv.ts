// SPDX-License-Identifier: Apache-2.0

import { SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** Returns a sequence number (0..2^40-1) as Partial IV: big-endian, 1 to 5 bytes, as few as hold it. */
export function encodePartialIv(sequence: number): Uint8Array {
  const partialIv = new Uint8Array(partialIvLength(sequence));
  putPartialIv(partialIv, 0, partialIv.length, sequence);
  return partialIv;
}

/** Bytes of the Partial IV of a sequence number. */
export function partialIvLength(sequence: number): number {
  let length = 1;
  for (let rest = sequence; rest >= 256; rest = Math.floor(rest / 256)) length += 1;
  return length;
}

/** Writes a sequence number from `start` to before `end`, which has room for it. */
export function putPartialIv(target: Uint8Array, start: number, end: number, sequence: number): void {
  for (let at = end - 1, rest = sequence; at >= start; at--, rest = Math.floor(rest / 256)) target[at] = rest;
}

/**
 * Reads the Partial IV that lies from `start` to before `end`. Another length or a leading zero is refused with
 * `headerInvalid` (RFC 8613 section 5).
 */
export function decodePartialIv(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const length = end - start;
  if (length < 1 || length > SpecificationLimits.maxPartialIvBytes) refuse('headerInvalid');
  if (length > 1 && bytes[start] === 0) refuse('headerInvalid');
  let sequence = 0;
  for (let at = start; at < end; at++) sequence = sequence * 256 + bytes[at]!;
  return sequence;
}
