// SPDX-License-Identifier: Apache-2.0

import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { refuse } from '../refusal.ts';

/**
 * What tells one grant from every other (`cti`, RFC 8392 section 3.1.7): who decides by it, and how many the issuer
 * made for that audience before.
 *
 *   +----------------------------+--------------------------------------+
 *   | audience, 1, 2 or 4 bytes  | sequence, 1 to 6 bytes, the shortest |
 *   +----------------------------+--------------------------------------+
 *
 * The audience is an integer of RFC 9000 section 16: its first two bits say how long it is. One that is below 64 leaves
 * two bytes for the sequence where CBOR would leave one, within the 40 bytes of a grant.
 */
export interface GrantId {
  readonly audience: number;
  readonly sequence: number;
}

/** An audience that has no number: the other end of the session in which the grant comes. */
export const THIS_END = 0;

const WIDTHS = Object.freeze([1, 2, 4]);
const MAX_SEQUENCE_BYTES = 6;

export function encodeGrantId({ audience, sequence }: GrantId): Uint8Array {
  const writer = new ByteWriter(10);
  const form = WIDTHS.findIndex((width) => audience < limitOf(width));
  if (form < 0) refuse('badArgument');
  const width = WIDTHS[form]!;
  writer.uint(audience + form * limitOf(width), width);
  writer.uint(sequence, lengthOf(sequence));
  return writer.finish();
}

/** Refuses `grantInvalid` for what is no cti of ours, or one that is not the shortest. */
export function decodeGrantId(bytes: Uint8Array): GrantId {
  const reader = new ByteReader(bytes);
  const form = reader.peek() >> 6;
  const width = WIDTHS[form] ?? refuse('grantInvalid');
  const audience = reader.uint(width) - form * limitOf(width);
  if (form > 0 && audience < limitOf(WIDTHS[form - 1]!)) refuse('grantInvalid');
  const length = reader.remaining;
  if (length === 0 || length > MAX_SEQUENCE_BYTES) refuse('grantInvalid');
  const sequence = reader.uint(length);
  if (lengthOf(sequence) !== length) refuse('grantInvalid');
  return { audience, sequence };
}

/** Two bits of it say the width. */
function limitOf(width: number): number {
  return 2 ** (8 * width - 2);
}

function lengthOf(value: number): number {
  let length = 1;
  while (value >= 2 ** (8 * length)) length += 1;
  return length;
}
