// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { compressedKid, parseCompressed, type RecordFields } from './compressed.ts';
import { ENCRYPT0, fullKid, parseFull } from './expand.ts';

/** Compressed, as drawn in compressed.ts, or the full COSE message that it stands for. */
export type RecordForm = 'compressed' | 'full';

/** Tag 17, and the empty protected header that stands in its third byte. */
const MAC0 = 0xd1;
const EMPTY_BYTE_STRING = 0x40;

/**
 * Tells the forms apart. A full message begins with its COSE tag and an empty protected header:
 *
 *   d0 83 40   16([h'', {4: kid, 6: Partial IV, ? 10: kid context}, ciphertext ‖ tag])
 *   d1 84 40   17([h'', {4: kid, 6: Partial IV, ? 10: kid context}, payload, tag])
 *
 * No compressed record begins so: d0 has a Partial IV of length 0, and behind d1 and a Partial IV the length
 * of the kid context would be 64, which is past its limit.
 */
export function recordForm(record: Uint8Array): RecordForm {
  const full = record[0] === ENCRYPT0 || (record[0] === MAC0 && record[2] === EMPTY_BYTE_STRING);
  return full ? 'full' : 'compressed';
}

/** Reads a record made with `algorithm`. Refuses with `formNotAccepted` another form than those given. */
export function parseRecord(
  record: Uint8Array,
  algorithm: number,
  acceptedForms: readonly RecordForm[],
): RecordFields {
  const form = checkForm(record, acceptedForms);
  return form === 'full' ? parseFull(record, algorithm) : parseCompressed(record);
}

/** Returns the form of a record. Refuses with `formNotAccepted` another than those given. */
export function checkForm(record: Uint8Array, acceptedForms: readonly RecordForm[]): RecordForm {
  const form = recordForm(record);
  return acceptedForms.includes(form) ? form : refuse('formNotAccepted');
}

/**
 * Returns the kid of a record in either form, so that whoever holds many sessions finds the one to ask. It
 * is a claim: only `unprotect` verifies it, and reads the rest of the header. Borrowed from the record.
 */
export function recordKid(record: Uint8Array): Uint8Array {
  return recordForm(record) === 'full' ? fullKid(record) : compressedKid(record);
}
