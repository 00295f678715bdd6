// SPDX-License-Identifier: Apache-2.0

import { concatBytes } from '../bytes/compare.ts';
import type { Backend, BackendAead, ByteAead } from './backend.ts';

/** Key wrapping for a backend whose AEADs take bytes. Copies of key bytes are overwritten after use. */
export function overBytes<Material>(
  aead: ByteAead,
  backend: Pick<Backend<Material>, 'importBytes'> & { copyBytes(material: Material): Uint8Array },
): BackendAead<Material> {
  function wrap(nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, key: Material): Uint8Array {
    const bytes = backend.copyBytes(key);
    const plaintext = concatBytes(data, bytes);
    const wrapped = aead.seal(nonce, aad, plaintext);
    bytes.fill(0);
    plaintext.fill(0);
    return wrapped;
  }

  function unwrap(
    nonce: Uint8Array,
    aad: Uint8Array,
    wrapped: Uint8Array,
    data: Uint8Array,
  ): Material | undefined {
    const plaintext = aead.open(nonce, aad, wrapped);
    if (plaintext === undefined) return undefined;
    data.set(plaintext.subarray(0, data.length));
    const material = backend.importBytes(plaintext.subarray(data.length));
    plaintext.fill(0);
    return material;
  }

  return { ...aead, wrap, unwrap };
}
