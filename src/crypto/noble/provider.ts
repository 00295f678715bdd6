// SPDX-License-Identifier: Apache-2.0

import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type AeadParameters, Algorithm } from '../algorithms.ts';
import type { Backend, BackendMac, ByteAead } from '../backend.ts';
import { overBytes } from '../byte-wrapping.ts';
import { createProvider } from '../create-provider.ts';
import { overHmac } from '../hkdf.ts';
import type { CryptoProvider, FillRandom } from '../provider.ts';
import { createCcm } from './ccm.ts';
import { NOBLE_CURVES } from './curves.ts';
import { createGcm } from './gcm.ts';

/**
 * The portable provider: noble's ChaCha20-Poly1305, SHA-256 and HMAC, and a compact AES of our own
 * (noble's takes 1.33 MB of tables and has no CCM). Key bytes stay in buffers of this provider.
 */
export function createNobleProvider(fillRandom: FillRandom): CryptoProvider {
  return createProvider({ ...BACKEND, fillRandom });
}

const importBytes = (bytes: Uint8Array) => bytes.slice();

const BACKEND = Object.freeze<Omit<Backend<Uint8Array>, 'fillRandom'>>({
  name: 'noble',
  aeads: Object.freeze({
    __proto__: null,
    [Algorithm.A128GCM]: withWrapping(createGcm),
    [Algorithm.AES_CCM_16_64_128]: withWrapping((key, { tagLength }) => createCcm(key, tagLength)),
    [Algorithm.AES_CCM_16_128_128]: withWrapping((key, { tagLength }) => createCcm(key, tagLength)),
    [Algorithm.CHACHA20_POLY1305]: withWrapping(createChaCha20Poly1305),
  } as Backend<Uint8Array>['aeads']),
  curves: NOBLE_CURVES,
  hkdf: overHmac({ hmacSha256: createHmac, importBytes }),
  hmacSha256: createHmac,
  sha256: (data) => sha256(data),
  extract: (salt, inputKeyingMaterial) => hmac(sha256, salt, inputKeyingMaterial),
  importBytes,
  lengthOf: (material) => material.length,
  wipe: (material) => {
    material.fill(0);
  },
});

function withWrapping(
  create: (key: Uint8Array, parameters: AeadParameters) => ByteAead,
): Backend<Uint8Array>['aeads'][number] {
  return (key, parameters) => overBytes(create(key, parameters), { importBytes, copyBytes: importBytes });
}

function createChaCha20Poly1305(material: Uint8Array): ByteAead {
  const key = material.slice();
  return Object.freeze({
    seal: (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) =>
      chacha20poly1305(key, nonce, aad).encrypt(plaintext),
    open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
      try {
        return chacha20poly1305(key, nonce, aad).decrypt(ciphertext);
      } catch {
        return undefined;
      }
    },
    wipe(): void {
      key.fill(0);
    },
  });
}

/** The two blocks of padded key are hashed once; each message starts from a copy of that state. */
function createHmac(key: Uint8Array): BackendMac {
  const keyed = hmac.create(sha256, key);
  return Object.freeze({
    compute: (data: Uint8Array) => keyed.clone().update(data).digest(),
    wipe: () => keyed.destroy(),
  });
}
