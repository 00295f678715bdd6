// SPDX-License-Identifier: Apache-2.0

/** Keys that a server keeps, sealed under its root key, so that who reads the store alone has none of them. */
import { concatBytes } from '../bytes/compare.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';

const NONCE_BYTES = 13;
const KEY_BYTES = 16;
const AEAD = Algorithm.AES_CCM_16_128_128;

export interface Sealing {
  /** nonce ‖ ciphertext ‖ tag. `place` is what it belongs to: it opens nowhere else. */
  seal(place: Uint8Array, key: Secret): Uint8Array;
  /** Refuses `sealInvalid`. */
  open(place: Uint8Array, sealed: Uint8Array): Secret;
}

/** `label` keeps uses apart. `root` stays the caller's. */
export function createSealing(provider: CryptoProvider, root: Secret, label: string): Sealing {
  const kek = provider.expandSecret(Algorithm.SHA_256, root, encodeUtf8(label), KEY_BYTES);
  return {
    seal(place, key): Uint8Array {
      const nonce = new Uint8Array(NONCE_BYTES);
      provider.fillRandom(nonce);
      return concatBytes(nonce, provider.wrap(AEAD, kek, nonce, place, key));
    },
    open(place, sealed): Secret {
      const [nonce, wrapped] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES)];
      if (wrapped.length <= KEY_BYTES) refuse('sealInvalid');
      return provider.unwrap(AEAD, kek, nonce, place, wrapped) ?? refuse('sealInvalid');
    },
  };
}
