// SPDX-License-Identifier: Apache-2.0

import { Major } from '../cbor/head.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';
import { readIdentifier, writeIdentifier } from './identifier.ts';

/*
 * ID_CRED_x: a COSE header map that says which credential is meant (RFC 9528 section 3.5.3). In a plaintext a
 * map that holds a kid alone is sent as the kid (section 3.5.3.2):
 *
 *   ID_CRED_x = { 4: kid } / { 34: [ hashAlg: int, hashValue: bstr ] } / header_map
 *   in a plaintext: header_map / bstr / -24..23
 */

const KID = 4;
const X5T = 34;

/** { 4 : kid } */
export function kidReference(kid: Uint8Array): Uint8Array {
  return new CborWriter().map(1).integer(KID).byteString(kid).finish();
}

/** { 34 : [ hashAlgorithm, hash ] } (RFC 9360 section 2). `hashAlgorithm` is a COSE number. */
export function x5tReference(hashAlgorithm: number, hash: Uint8Array): Uint8Array {
  const writer = new CborWriter().map(1).integer(X5T);
  return writer.array(2).integer(hashAlgorithm).byteString(hash).finish();
}

/** Writes ID_CRED_x into a plaintext. */
export function writeIdCred(writer: CborWriter, idCred: Uint8Array): CborWriter {
  const kid = kidOf(idCred);
  return kid === undefined ? writer.encoded(idCred) : writeIdentifier(writer, kid);
}

/** Reads ID_CRED_x from a plaintext and returns it as a map. A kid alone that was sent as a map is refused. */
export function readIdCred(reader: CborReader): Uint8Array {
  if (reader.peekMajor() !== Major.map) return kidReference(readIdentifier(reader));
  const idCred = reader.skip();
  return kidOf(idCred) === undefined ? idCred : refuse('notDeterministic');
}

/** Returns the kid of { 4 : kid }, borrowed, or undefined for any other map. */
export function kidOf(idCred: Uint8Array): Uint8Array | undefined {
  const reader = new CborReader(idCred);
  if (reader.map() !== 1 || reader.peekMajor() !== Major.unsigned || reader.unsigned() !== KID)
    return undefined;
  const kid = reader.byteString();
  reader.end();
  return kid;
}
