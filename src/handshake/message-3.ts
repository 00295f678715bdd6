// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { type Ead, readEad } from './ead.ts';
import { readIdCred, writeIdCred } from './id-cred.ts';
import { checkMessageLength } from './message-length.ts';

/*
 * message_3 and message_4 (RFC 9528 sections 5.4.1 and 5.5.1):
 *
 *   ( CIPHERTEXT_3: bstr )                          ( CIPHERTEXT_4: bstr )
 */

/**
 * PLAINTEXT_3 (section 5.4.2), a CBOR sequence:
 *
 *   ( ID_CRED_I: header_map / bstr / -24..23, Signature_or_MAC_3: bstr, ? EAD_3 )
 */
export interface Plaintext3 {
  /** As a header map. */
  readonly idCredI: Uint8Array;
  readonly signatureOrMac3: Uint8Array;
}

export function encodeCiphertext(ciphertext: Uint8Array): Uint8Array {
  return checkMessageLength(new CborWriter().byteString(ciphertext).finish());
}

/** Returns a view borrowed from `bytes`. */
export function decodeCiphertext(bytes: Uint8Array): Uint8Array {
  const reader = new CborReader(checkMessageLength(bytes));
  const ciphertext = reader.byteString();
  reader.end();
  return ciphertext;
}

/** `ead3` is the encoded field. */
export function encodePlaintext3(plaintext: Plaintext3, ead3: Uint8Array): Uint8Array {
  const writer = writeIdCred(new CborWriter(), plaintext.idCredI);
  return writer.byteString(plaintext.signatureOrMac3).encoded(ead3).finish();
}

export function decodePlaintext3(bytes: Uint8Array, knownEad: readonly number[]): Plaintext3 & { ead3: Ead } {
  const reader = new CborReader(bytes);
  const idCredI = readIdCred(reader);
  const signatureOrMac3 = reader.byteString();
  return { idCredI, signatureOrMac3, ead3: readEad(reader, bytes, knownEad) };
}

/** PLAINTEXT_4 = ( ? EAD_4 ), which is all there is to it. */
export function decodePlaintext4(bytes: Uint8Array, knownEad: readonly number[]): Ead {
  return readEad(new CborReader(bytes), bytes, knownEad);
}
