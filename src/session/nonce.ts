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
  xorEndingAt(iv, iv.length - PARTIAL_IV_BYTES, id);
  return iv;
}

/**
 * The nonce of one record: Base IV XOR the left-padded Partial IV (RFC 8613 section 5.2, RFC 9052
 * section 3.1). `target`, where given, is overwritten and returned.
 */
export function nonce(
  base: Uint8Array,
  partialIv: Uint8Array,
  target = new Uint8Array(base.length),
): Uint8Array {
  const start = base.length - partialIv.length;
  for (let i = 0; i < start; i++) target[i] = base[i]!;
  for (let i = start; i < base.length; i++) target[i] = base[i]! ^ partialIv[i - start]!;
  return target;
}

function xorEndingAt(target: Uint8Array, end: number, bytes: Uint8Array): void {
  const start = end - bytes.length;
  for (let i = 0; i < bytes.length; i++) target[start + i] = target[start + i]! ^ bytes[i]!;
}
