// SPDX-License-Identifier: Apache-2.0

import { concatBytes } from '../../bytes/compare.ts';
import { CborReader } from '../../cbor/reader.ts';
import { CborWriter } from '../../cbor/writer.ts';
import { type Ead, readEad } from '../ead.ts';
import { readIdCred, writeIdCred } from '../id-cred.ts';
import { checkConnectionId, encodeIdentifier, readIdentifier } from '../identifier.ts';

/*
 * The plaintexts of EDHOC-PSK (draft-ietf-lake-edhoc-psk-08 section 4), CBOR sequences. message_1 and message_4
 * are EDHOC's, and so are the byte strings around CIPHERTEXT_2A and CIPHERTEXT_3A:
 *
 *   PLAINTEXT_2A = ( C_R: bstr / -24..23, ? EAD_2 )
 *   PLAINTEXT_3A = ( ID_CRED_PSK: header_map / bstr / -24..23, CIPHERTEXT_3B: bstr )
 *   PLAINTEXT_3B = ( ? EAD_3 )
 */

export function encodePlaintext2A(cR: Uint8Array, ead2: Uint8Array): Uint8Array {
  return concatBytes(encodeIdentifier(cR), ead2);
}

export function decodePlaintext2A(bytes: Uint8Array, knownEad: readonly number[]) {
  const reader = new CborReader(bytes);
  const cR = readIdentifier(reader);
  checkConnectionId(cR);
  return { cR, ead2: readEad(reader, bytes, knownEad) };
}

export function encodePlaintext3A(idCred: Uint8Array, ciphertext3B: Uint8Array): Uint8Array {
  return writeIdCred(new CborWriter(), idCred).byteString(ciphertext3B).finish();
}

export function decodePlaintext3A(bytes: Uint8Array) {
  const reader = new CborReader(bytes);
  const idCred = readIdCred(reader);
  const ciphertext3B = reader.byteString();
  reader.end();
  return { idCred, ciphertext3B };
}

export function decodePlaintext3B(bytes: Uint8Array, knownEad: readonly number[]): Ead {
  return readEad(new CborReader(bytes), bytes, knownEad);
}
