// SPDX-License-Identifier: Apache-2.0

import { CborWriter } from '../cbor/writer.ts';
import { encodePartialIv, partialIvLength, putPartialIv } from './partial-iv.ts';

/** aad_array's first item, fixed (RFC 8613 section 5.4). */
const OSCORE_VERSION = 1;

/**
 * The encoded aad_array, which is the content of external_aad (RFC 8613 section 5.4):
 * [oscore_version, [alg], request_kid, request_piv, options]. There are no Class I options.
 *
 * A record is always a request here, so that kid and Partial IV are its own. Integrity-only records use the
 * same array with the number of their MAC.
 */
export function aadArray(
  algorithm: number,
  requestKid: Uint8Array,
  requestPartialIv: Uint8Array,
): Uint8Array {
  return new CborWriter()
    .array(5)
    .integer(OSCORE_VERSION)
    .array(1)
    .integer(algorithm)
    .byteString(requestKid)
    .byteString(requestPartialIv)
    .byteString(new Uint8Array(0))
    .finish();
}

/**
 * Returns a function that gives the authenticated bytes of one direction for a sequence number.
 *
 * `build` makes them from an aad_array, with which they end. Only the Partial IV differs from record to
 * record, so that they are built again only when its length does. The result is overwritten by the next call.
 */
export function createAadTemplate(
  algorithm: number,
  kid: Uint8Array,
  build: (aadArray: Uint8Array) => Uint8Array,
): (sequence: number) => Uint8Array {
  let template: Uint8Array = new Uint8Array(0);
  let length = 0;

  return (sequence) => {
    if (partialIvLength(sequence) !== length) {
      template = build(aadArray(algorithm, kid, encodePartialIv(sequence)));
      length = partialIvLength(sequence);
      return template;
    }
    // Behind the Partial IV there is only the empty bstr of the options.
    const end = template.length - 1;
    putPartialIv(template, end - length, end, sequence);
    return template;
  };
}
