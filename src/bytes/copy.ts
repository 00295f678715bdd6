// SPDX-License-Identifier: Apache-2.0

/**
 * Copies, and views. On devices all are C (firmware/providers/device-bytes.ts): `slice` and `set` of a Uint8Array look
 * at each byte in XS, a hundred instructions a byte, and `subarray` asks for the constructor to call.
 */

/** Returns the bytes from `start` to before `end` as a copy that the caller owns. */
export function copyBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return bytes.slice(start, end);
}

/**
 * The same behind `head`, a big-endian unsigned integer of `headLength` bytes, 1 to 4. `start` and `end` are within the
 * bytes.
 */
export function withHead(
  head: number,
  headLength: number,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Uint8Array {
  const whole = new Uint8Array(headLength + end - start);
  for (let at = headLength - 1, rest = head; at >= 0; at--, rest = Math.floor(rest / 256)) whole[at] = rest;
  whole.set(bytes.subarray(start, end), headLength);
  return whole;
}

/**
 * Returns what is behind a head that `withHead` wrote, borrowed: 1 to `maximum` bytes. undefined where there are more or
 * none, and behind another head.
 */
export function withoutHead(
  head: number,
  headLength: number,
  bytes: Uint8Array,
  maximum: number,
): Uint8Array | undefined {
  const { length } = bytes;
  if (length <= headLength || length - headLength > maximum) return undefined;
  for (let at = headLength - 1, rest = head; at >= 0; at--, rest = Math.floor(rest / 256))
    if (bytes[at] !== rest % 256) return undefined;
  return bytes.subarray(headLength);
}
