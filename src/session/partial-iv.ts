// SPDX-License-Identifier: Apache-2.0

import { SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** Returns a sequence number (0..2^40-1) as Partial IV: big-endian, 1 to 5 bytes, as few as hold it. */
export function encodePartialIv(sequence: number): Uint8Array {
  if (sequence < 256) return Uint8Array.of(sequence);
  const partialIv = new Uint8Array(significantBytes(sequence));
  let rest = sequence;
  for (let at = partialIv.length - 1; at >= 0; at--) {
    partialIv[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return partialIv;
}

/** Reads a Partial IV. Another length or a leading zero is refused with `headerInvalid` (RFC 8613 5). */
export function decodePartialIv(partialIv: Uint8Array): number {
  const length = partialIv.length;
  if (length < 1 || length > SpecificationLimits.maxPartialIvBytes) refuse('headerInvalid');
  if (length > 1 && partialIv[0] === 0) refuse('headerInvalid');
  let sequence = 0;
  for (const byte of partialIv) sequence = sequence * 256 + byte;
  return sequence;
}

function significantBytes(sequence: number): number {
  let length = 1;
  for (let rest = sequence; rest >= 256; rest = Math.floor(rest / 256)) length += 1;
  return length;
}
