// SPDX-License-Identifier: Apache-2.0

import { CborWriter } from '../cbor/writer.ts';

/** Enc_structure of a COSE_Encrypt0: ["Encrypt0", protected, external_aad] (RFC 9052 section 5.3). */
export function encStructure(protectedBytes: Uint8Array, externalAad: Uint8Array): Uint8Array {
  return new CborWriter()
    .array(3)
    .textString('Encrypt0')
    .byteString(authenticatedProtected(protectedBytes))
    .byteString(externalAad)
    .finish();
}

/** MAC_structure of a COSE_Mac0: ["MAC0", protected, external_aad, payload] (RFC 9052 section 6.3). */
export function macStructure(
  protectedBytes: Uint8Array,
  externalAad: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  return new CborWriter()
    .array(4)
    .textString('MAC0')
    .byteString(authenticatedProtected(protectedBytes))
    .byteString(externalAad)
    .byteString(payload)
    .finish();
}

/** Sig_structure of a COSE_Sign1: ["Signature1", protected, external_aad, payload] (RFC 9052 section 4.4). */
export function signatureStructure(
  protectedBytes: Uint8Array,
  externalAad: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  return new CborWriter()
    .array(4)
    .textString('Signature1')
    .byteString(authenticatedProtected(protectedBytes))
    .byteString(externalAad)
    .byteString(payload)
    .finish();
}

/** An encoded empty map is authenticated as the zero-length string (RFC 9052 section 3). */
function authenticatedProtected(protectedBytes: Uint8Array): Uint8Array {
  const emptyMap = protectedBytes.length === 1 && protectedBytes[0] === 0xa0;
  return emptyMap ? protectedBytes.subarray(1) : protectedBytes;
}
