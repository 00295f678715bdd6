// SPDX-License-Identifier: Apache-2.0

/** Bytes at the end of a nonce that the Partial IV is padded to. */
const PARTIAL_IV_BYTES = 5;

/**
 * The part of a nonce that stays the same for one direction: Common IV XOR the padded Sender ID
 * (RFC 8613 section 5.2). It is also the Context IV ("Base IV") of RFC 9052 section 3.1.
 *
 *   | length of ID (1) | ID, left-padded (nonce length - 6) | 0 (5) |  XOR  Common IV
 *
 * `id` is at most nonce length - 6 bytes.
 */
export function baseIv(commonIv: Uint8Array, id: Uint8Array): Uint8Array {
  const iv = commonIv.slice();
  iv[0] = iv[0]! ^ id.length;
  const start = iv.length - PARTIAL_IV_BYTES - id.length;
  for (let i = 0; i < id.length; i++) iv[start + i] = iv[start + i]! ^ id[i]!;
  return iv;
}

/**
 * The nonce of the record with a number: Base IV XOR the left-padded Partial IV (RFC 8613 section 5.2, RFC 9052
 * section 3.1). `target`, where given, is overwritten and returned.
 */
export function nonce(base: Uint8Array, sequence: number, target = new Uint8Array(base.length)): Uint8Array {
  for (let at = base.length - 1, rest = sequence; at >= 0; at--, rest = Math.floor(rest / 256))
    target[at] = base[at]! ^ rest;
  return target;
}
