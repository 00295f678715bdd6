// SPDX-License-Identifier: Apache-2.0

import { encodeUtf8 } from '../bytes/utf8.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, MacKey, PrivateKey } from '../crypto/provider.ts';
import type { Credential } from '../handshake/credential.ts';

const LABEL = 'pne-runtime grant';
const KEY_BYTES = 32;

/**
 * The key of the issuer and one audience, for HMAC 256/64: both make it of their static Diffie-Hellman keys, so that
 * nobody has to carry it, and a grant outlives every session. EDHOC, which uses the same keys, never agrees on a secret
 * of two static ones, and expands what it agrees on under labels that are integers.
 */
export function audienceKey(provider: CryptoProvider, own: PrivateKey, peer: Credential): MacKey {
  const agreed = provider.agree(own, peer.publicKey);
  const extracted = provider.extract(Algorithm.SHA_256, new Uint8Array(0), agreed);
  const secret = provider.expandSecret(Algorithm.SHA_256, extracted, encodeUtf8(LABEL), KEY_BYTES);
  try {
    return provider.macKey(Algorithm.HMAC_256_64, secret);
  } finally {
    for (const each of [agreed, extracted, secret]) each.wipe();
  }
}
