// SPDX-License-Identifier: Apache-2.0

import { CborWriter } from '../cbor/writer.ts';

/** Enc_structure of a COSE_Encrypt0: ["Encrypt0", protected, external_aad] (RFC 9052 section 5.3). */
export function encStructure(protectedBytes: Uint8Array, externalAad: Uint8Array): Uint8Array {
  return structure('Encrypt0', protectedBytes, externalAad);
}

/** MAC_structure of a COSE_Mac0: ["MAC0", protected, external_aad, payload] (RFC 9052 section 6.3). */
export function macStructure(
  protectedBytes: Uint8Array,
  externalAad: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  return structure('MAC0', protectedBytes, externalAad, payload);
}

/** Sig_structure of a COSE_Sign1: ["Signature1", protected, external_aad, payload] (RFC 9052 section 4.4). */
export function signatureStructure(
  protectedBytes: Uint8Array,
  externalAad: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  return structure('Signature1', protectedBytes, externalAad, payload);
}

function structure(context: string, protectedBytes: Uint8Array, ...strings: Uint8Array[]): Uint8Array {
  const writer = new CborWriter().array(2 + strings.length).textString(context);
  writer.byteString(authenticatedProtected(protectedBytes));
  for (const string of strings) writer.byteString(string);
  return writer.finish();
}

/** An encoded empty map is authenticated as the zero-length string (RFC 9052 section 3). */
function authenticatedProtected(protectedBytes: Uint8Array): Uint8Array {
  const emptyMap = protectedBytes.length === 1 && protectedBytes[0] === 0xa0;
  return emptyMap ? protectedBytes.subarray(1) : protectedBytes;
}
