// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { decodePartialIv } from './partial-iv.ts';

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
  readonly partialIv: Uint8Array;
  /** The value of the Partial IV. */
  readonly sequence: number;
  readonly kid: Uint8Array;
  readonly kidContext: Uint8Array | undefined;
  /** Ciphertext ‖ tag, or payload ‖ tag. */
  readonly body: Uint8Array;
}

const EXTENDED = 0x80;
const KID_CONTEXT_PRESENT = 0x40;

/** Returns the record, owned by the caller. The arguments are within the lengths drawn above. */
export function encodeCompressed(
  partialIv: Uint8Array,
  kid: Uint8Array,
  kidContext: Uint8Array | undefined,
  body: Uint8Array,
): Uint8Array {
  if (fitsShortForm(partialIv, kid, kidContext)) return encodeShort(partialIv, kid, body);
  return encodeExtended(partialIv, kid, kidContext, body);
}

/**
 * Reads a record into views that are borrowed from it. Refuses with `truncated` a record that ends within
 * its header, with `headerInvalid` a reserved length or an encoding that is not the one.
 */
export function parseCompressed(record: Uint8Array): RecordFields {
  const head = record[0] ?? refuse('truncated');
  return head < EXTENDED ? parseShort(record, head) : parseExtended(record, head);
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
  partialIv: Uint8Array,
  kid: Uint8Array,
  kidContext: Uint8Array | undefined,
): number {
  if (fitsShortForm(partialIv, kid, kidContext)) return 2;
  const contextLength = kidContext === undefined ? 0 : 1 + kidContext.length;
  return 1 + partialIv.length + contextLength + kid.length;
}

/** Refuses with `headerInvalid` a kid or kid context that no record can carry. */
export function checkIdentifiers(kid: Uint8Array, kidContext: Uint8Array | undefined): void {
  if (kid.length > SpecificationLimits.maxKidBytes) refuse('headerInvalid');
  if (kidContext === undefined) return;
  if (kidContext.length > ImplementationLimits.maxKidContextBytes) refuse('headerInvalid');
}

function encodeShort(partialIv: Uint8Array, kid: Uint8Array, body: Uint8Array): Uint8Array {
  const record = new Uint8Array(2 + body.length);
  record[0] = partialIv[0]!;
  record[1] = kid[0]!;
  record.set(body, 2);
  return record;
}

function encodeExtended(
  partialIv: Uint8Array,
  kid: Uint8Array,
  kidContext: Uint8Array | undefined,
  body: Uint8Array,
): Uint8Array {
  const bodyStart = compressedHeaderLength(partialIv, kid, kidContext);
  const record = new Uint8Array(bodyStart + body.length);
  record[0] = EXTENDED | (kid.length << 3) | partialIv.length;
  putFew(record, 1, partialIv);
  if (kidContext !== undefined) {
    record[0] = record[0]! | KID_CONTEXT_PRESENT;
    record[1 + partialIv.length] = kidContext.length;
    record.set(kidContext, 2 + partialIv.length);
  }
  putFew(record, bodyStart - kid.length, kid);
  record.set(body, bodyStart);
  return record;
}

/** A handful of bytes: a call of the engine costs more than they do. */
function putFew(record: Uint8Array, start: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at++) record[start + at] = bytes[at]!;
}

// In the short form the first byte is the Partial IV itself: its top bit is the form.
function parseShort(record: Uint8Array, head: number): RecordFields {
  if (record.length < 2) refuse('truncated');
  return {
    partialIv: record.subarray(0, 1),
    sequence: head,
    kid: record.subarray(1, 2),
    kidContext: undefined,
    body: record.subarray(2),
  };
}

/** Where the kid begins, and with it the kid context ends. */
function extendedKidStart(record: Uint8Array, head: number): number {
  const partialIvEnd = 1 + (head & 7);
  if ((head & KID_CONTEXT_PRESENT) === 0) return partialIvEnd;
  return partialIvEnd + 1 + (record[partialIvEnd] ?? refuse('truncated'));
}

function parseExtended(record: Uint8Array, head: number): RecordFields {
  const partialIvEnd = 1 + (head & 7);
  const contextStart = partialIvEnd + ((head & KID_CONTEXT_PRESENT) >> 6);
  const contextEnd = extendedKidStart(record, head);
  const kidEnd = contextEnd + ((head >> 3) & 7);
  if (record.length < kidEnd) refuse('truncated');

  const partialIv = record.subarray(1, partialIvEnd);
  const sequence = decodePartialIv(partialIv);
  const kidContext = contextStart > partialIvEnd ? record.subarray(contextStart, contextEnd) : undefined;
  const kid = record.subarray(contextEnd, kidEnd);
  checkIdentifiers(kid, kidContext);
  if (fitsShortForm(partialIv, kid, kidContext)) refuse('headerInvalid');
  return { partialIv, sequence, kid, kidContext, body: record.subarray(kidEnd) };
}

function fitsShortForm(partialIv: Uint8Array, kid: Uint8Array, kidContext: Uint8Array | undefined): boolean {
  return kidContext === undefined && kid.length === 1 && partialIv.length === 1 && partialIv[0]! < EXTENDED;
}
