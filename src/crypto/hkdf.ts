// SPDX-License-Identifier: Apache-2.0

import type { BackendMac } from './backend.ts';

export const SHA_256_LENGTH = 32;

/** HKDF-Expand (RFC 5869 section 2.3). `mac` is HMAC-SHA-256 under the pseudorandom key. */
export function expand(mac: BackendMac, info: Uint8Array, length: number): Uint8Array {
  const okm = new Uint8Array(length);
  // T(n - 1) || info || n, where T(0) is empty.
  const input = new Uint8Array(SHA_256_LENGTH + info.length + 1);
  input.set(info, SHA_256_LENGTH);
  for (let n = 1, at = 0; at < length; n++, at += SHA_256_LENGTH) {
    input[input.length - 1] = n;
    const block = mac.compute(n === 1 ? input.subarray(SHA_256_LENGTH) : input);
    okm.set(block.subarray(0, length - at), at);
    input.set(block);
    block.fill(0);
  }
  input.fill(0);
  return okm;
}
