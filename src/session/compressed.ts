// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { decodePartialIv, partialIvLength, putPartialIv } from './partial-iv.ts';

/**
 * The compressed record. What a record says is what a COSE_Encrypt0 or COSE_Mac0 of RFC 8613 says: Partial
 * IV, kid, kid context, and a body (ciphertext ‖ tag, or payload ‖ tag).
 *
 * Short form, for a Partial IV of one byte below 128, a kid of one byte and no kid context:
 *
 *    0 1 2 3 4 5 6 7
 *   +-+-------------+---------------+--------
 *   |0| Partial IV  |      kid      | body
 *   +-+-------------+---------------+--------
 *
 * Extended form, for everything else:
 *
 *    0 1 2 3 4 5 6 7
 *   +-+-+-----+-----+------------+ - - - - - - - - - - - - - +-----+--------
 *   |1|h|  k  |  n  | Partial IV | length (1)  kid context   | kid | body
 *   +-+-+-----+-----+------------+ - - - - - - - - - - - - - +-----+--------
 *                      n (1..5)      if h = 1   (0..16)       k (0..7)
 *
 * There is one encoding of each record: a Partial IV has no leading zero, and what the short form can say
 * is not said in the extended form.
 */
export interface RecordFields {
  /** The value of the Partial IV. */
  readonly sequence: number;
  readonly kid: Uint8Array;
  readonly kidContext: Uint8Array | undefined;
  /** Ciphertext ‖ tag, or payload ‖ tag. */
  readonly body: Uint8Array;
}

/** Where the fields of a record lie. The kid context ends where the kid begins, and the kid where the body does. */
export interface RecordHeader {
  readonly sequence: number;
  readonly contextStart: number | undefined;
  readonly kidStart: number;
  readonly bodyStart: number;
}

const EXTENDED = 0x80;
const KID_CONTEXT_PRESENT = 0x40;

/** Returns the record, owned by the caller. The arguments are within the lengths drawn above. */
export function encodeCompressed(
  sequence: number,
  kid: Uint8Array,
  kidContext: Uint8Array | undefined,
  body: Uint8Array,
): Uint8Array {
  const record = new Uint8Array(compressedHeaderLength(sequence, kid, kidContext) + body.length);
  record.set(body, putHeader(record, 0, sequence, kid, kidContext));
  return record;
}

/** Writes the header of a record from `at`, where there is room for it. Returns where the body begins. */
export function putHeader(
  record: Uint8Array,
  at: number,
  sequence: number,
  kid: Uint8Array,
  kidContext: Uint8Array | undefined,
): number {
  if (fitsShortForm(sequence, kid.length, kidContext !== undefined)) {
    record[at] = sequence;
    record[at + 1] = kid[0]!;
    return at + 2;
  }
  const partialIvEnd = at + 1 + partialIvLength(sequence);
  record[at] = EXTENDED | (kid.length << 3) | (partialIvEnd - at - 1);
  putPartialIv(record, at + 1, partialIvEnd, sequence);
  if (kidContext === undefined) return putFew(record, partialIvEnd, kid);
  record[at] = record[at]! | KID_CONTEXT_PRESENT;
  record[partialIvEnd] = kidContext.length;
  return putFew(record, putFew(record, partialIvEnd + 1, kidContext), kid);
}

/**
 * Reads a record into views that are borrowed from it. Refuses with `truncated` a record that ends within
 * its header, with `headerInvalid` a reserved length or an encoding that is not the one.
 */
export function parseCompressed(record: Uint8Array): RecordFields {
  const { sequence, contextStart, kidStart, bodyStart } = parseHeader(record);
  return {
    sequence,
    kid: record.subarray(kidStart, bodyStart),
    kidContext: contextStart === undefined ? undefined : record.subarray(contextStart, kidStart),
    body: record.subarray(bodyStart),
  };
}

/** The same, without the views. */
export function parseHeader(record: Uint8Array): RecordHeader {
  const head = record[0] ?? refuse('truncated');
  if (head >= EXTENDED) return parseExtended(record, head);
  if (record.length < 2) refuse('truncated');
  // The first byte is the Partial IV itself: its top bit is the form.
  return { sequence: head, contextStart: undefined, kidStart: 1, bodyStart: 2 };
}

/** Returns the kid of a record, borrowed from it, and reads no more than that takes. Refuses with `truncated`. */
export function compressedKid(record: Uint8Array): Uint8Array {
  const head = record[0] ?? refuse('truncated');
  const kidStart = head < EXTENDED ? 1 : extendedKidStart(record, head);
  const kidEnd = kidStart + (head < EXTENDED ? 1 : (head >> 3) & 7);
  if (record.length < kidEnd) refuse('truncated');
  return record.subarray(kidStart, kidEnd);
}

/** Bytes of the header of a record. */
export function compressedHeaderLength(
  sequence: number,
  kid: Uint8Array,
  kidContext: Uint8Array | undefined,
): number {
  if (fitsShortForm(sequence, kid.length, kidContext !== undefined)) return 2;
  const contextLength = kidContext === undefined ? 0 : 1 + kidContext.length;
  return 1 + partialIvLength(sequence) + contextLength + kid.length;
}

/** Refuses with `headerInvalid` a kid or kid context that no record can carry. */
export function checkIdentifiers(kid: Uint8Array, kidContext: Uint8Array | undefined): void {
  if (kid.length > SpecificationLimits.maxKidBytes) refuse('headerInvalid');
  if (kidContext !== undefined) checkContextLength(kidContext.length);
}

function checkContextLength(length: number): void {
  if (length > ImplementationLimits.maxKidContextBytes) refuse('headerInvalid');
}

/** A handful of bytes: a call of the engine costs more than they do. Returns where they end. */
function putFew(record: Uint8Array, start: number, bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at++) record[start + at] = bytes[at]!;
  return start + bytes.length;
}

/** Where the kid begins, and with it the kid context ends. */
function extendedKidStart(record: Uint8Array, head: number): number {
  const partialIvEnd = 1 + (head & 7);
  if ((head & KID_CONTEXT_PRESENT) === 0) return partialIvEnd;
  return partialIvEnd + 1 + (record[partialIvEnd] ?? refuse('truncated'));
}

function parseExtended(record: Uint8Array, head: number): RecordHeader {
  const partialIvEnd = 1 + (head & 7);
  const kidStart = extendedKidStart(record, head);
  const kidLength = (head >> 3) & 7;
  if (record.length < kidStart + kidLength) refuse('truncated');

  const sequence = decodePartialIv(record, 1, partialIvEnd);
  const contextStart = (head & KID_CONTEXT_PRESENT) === 0 ? undefined : partialIvEnd + 1;
  if (contextStart !== undefined) checkContextLength(kidStart - contextStart);
  if (fitsShortForm(sequence, kidLength, contextStart !== undefined)) refuse('headerInvalid');
  return { sequence, contextStart, kidStart, bodyStart: kidStart + kidLength };
}

function fitsShortForm(sequence: number, kidLength: number, hasContext: boolean): boolean {
  return !hasContext && kidLength === 1 && sequence < EXTENDED;
}
