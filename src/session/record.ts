// SPDX-License-Identifier: Apache-2.0

/** Compressed, as drawn in compressed.ts, or the full COSE message that it stands for. */
export type RecordForm = 'compressed' | 'full';

/** Tag 16: the first byte of a full COSE_Encrypt0. */
export const ENCRYPT0 = 0xd0;

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
