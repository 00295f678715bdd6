// SPDX-License-Identifier: Apache-2.0

/** For ends that accept full COSE messages. Whoever accepts compressed records alone does not carry it. */
import { refuse } from '../refusal.ts';
import { compressedKid } from './compressed.ts';
import { compressMessage, fullKid } from './expand.ts';
import { recordForm } from './record.ts';

/** A `FormReader` of the full form alone. */
export function readFull(record: Uint8Array, algorithm: number): Uint8Array {
  return recordForm(record) === 'full' ? compressMessage(record, algorithm) : refuse('formNotAccepted');
}

/** A `FormReader` of both forms. */
export function readEither(record: Uint8Array, algorithm: number): Uint8Array {
  return recordForm(record) === 'full' ? compressMessage(record, algorithm) : record;
}

/**
 * Returns the kid of a record in either form, so that whoever holds many sessions finds the one to ask. It
 * is a claim: only `unprotect` verifies it, and reads the rest of the header. Borrowed from the record.
 */
export function recordKid(record: Uint8Array): Uint8Array {
  return recordForm(record) === 'full' ? fullKid(record) : compressedKid(record);
}
