// SPDX-License-Identifier: Apache-2.0

/** CRC-32 of IEEE 802.3, of the parts one after the other. `state`: what it begins with, which that standard has as ones. */
export function crc32(parts: readonly Uint8Array[], state = 0xffffffff): number {
  let crc = state;
  for (const bytes of parts)
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  return ~crc >>> 0;
}
