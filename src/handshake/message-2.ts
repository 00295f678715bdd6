// SPDX-License-Identifier: Apache-2.0

import { concatBytes } from '../bytes/compare.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';
import { type Ead, readEad } from './ead.ts';
import { readIdCred, writeIdCred } from './id-cred.ts';
import { checkConnectionId, readIdentifier, writeIdentifier } from './identifier.ts';
import { checkMessageLength } from './message-length.ts';

/**
 * message_2 (RFC 9528 section 5.3.1):
 *
 *   ( G_Y_CIPHERTEXT_2: bstr )                      G_Y ‖ CIPHERTEXT_2
 */
export interface Message2 {
  readonly gY: Uint8Array;
  readonly ciphertext2: Uint8Array;
}

/**
 * PLAINTEXT_2 (section 5.3.2), a CBOR sequence:
 *
 *   ( C_R: bstr / -24..23, ID_CRED_R: header_map / bstr / -24..23, Signature_or_MAC_2: bstr, ? EAD_2 )
 */
export interface Plaintext2 {
  readonly cR: Uint8Array;
  /** As a header map. */
  readonly idCredR: Uint8Array;
  readonly signatureOrMac2: Uint8Array;
}

export function encodeMessage2({ gY, ciphertext2 }: Message2): Uint8Array {
  return checkMessageLength(new CborWriter().byteString(concatBytes(gY, ciphertext2)).finish());
}

/** `keyLength` is that of G_Y in bytes. The fields are views borrowed from `bytes`. */
export function decodeMessage2(bytes: Uint8Array, keyLength: number): Message2 {
  const reader = new CborReader(checkMessageLength(bytes));
  const content = reader.byteString();
  reader.end();
  if (content.length <= keyLength) refuse('truncated');
  return { gY: content.subarray(0, keyLength), ciphertext2: content.subarray(keyLength) };
}

/** `ead2` is the encoded field. */
export function encodePlaintext2(plaintext: Plaintext2, ead2: Uint8Array): Uint8Array {
  const writer = writeIdentifier(new CborWriter(), plaintext.cR);
  writeIdCred(writer, plaintext.idCredR).byteString(plaintext.signatureOrMac2);
  return writer.encoded(ead2).finish();
}

export function decodePlaintext2(bytes: Uint8Array, knownEad: readonly number[]): Plaintext2 & { ead2: Ead } {
  const reader = new CborReader(bytes);
  const cR = readIdentifier(reader);
  checkConnectionId(cR);
  const idCredR = readIdCred(reader);
  const signatureOrMac2 = reader.byteString();
  return { cR, idCredR, signatureOrMac2, ead2: readEad(reader, bytes, knownEad) };
}
