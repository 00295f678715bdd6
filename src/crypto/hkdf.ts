// SPDX-License-Identifier: Apache-2.0

import type { Backend, BackendHkdf, BackendMac } from './backend.ts';

export const SHA_256_LENGTH = 32;

/** HKDF-Expand (RFC 5869 section 2.3) for a backend without its own. */
export function overHmac<Material>(
  backend: Pick<Backend<Material>, 'hmacSha256' | 'importBytes'>,
): BackendHkdf<Material> {
  function expand(pseudorandomKey: Material, info: Uint8Array, length: number): Uint8Array {
    const mac = backend.hmacSha256(pseudorandomKey);
    const bytes = expandWith(mac, info, length);
    mac.wipe();
    return bytes;
  }

  function expandMaterial(pseudorandomKey: Material, info: Uint8Array, length: number): Material {
    const bytes = expand(pseudorandomKey, info, length);
    const material = backend.importBytes(bytes);
    bytes.fill(0);
    return material;
  }

  return { expand, expandMaterial };
}

/** `mac` is HMAC-SHA-256 under the pseudorandom key. */
function expandWith(mac: BackendMac, info: Uint8Array, length: number): Uint8Array {
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
