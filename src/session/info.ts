// SPDX-License-Identifier: Apache-2.0

import { CborWriter } from '../cbor/writer.ts';

/**
 * The info of HKDF-Expand (RFC 8613 section 3.2.1): [id, id_context / nil, alg_aead, type, L].
 *
 * `id` is the Sender ID for a key and empty for the Common IV, `length` is L in bytes.
 */
export function encodeInfo(
  id: Uint8Array,
  idContext: Uint8Array | undefined,
  algorithm: number,
  type: 'Key' | 'IV',
  length: number,
): Uint8Array {
  const writer = new CborWriter().array(5).byteString(id);
  if (idContext === undefined) writer.nil();
  else writer.byteString(idContext);
  return writer.integer(algorithm).textString(type).integer(length).finish();
}
