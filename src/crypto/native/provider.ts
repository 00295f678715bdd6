// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../../refusal.ts';
import { type AeadParameters, Algorithm } from '../algorithms.ts';
import type { Backend, BackendAead, BackendHkdf, BackendMac } from '../backend.ts';
import { createProvider } from '../create-provider.ts';
import { Curve } from '../curves.ts';
import { SHA_256_LENGTH } from '../hkdf.ts';
import type { CryptoProvider } from '../provider.ts';
import { nativeP256, nativeX25519 } from './curves.ts';
import type { CryptoNatives, NativeKey, NativeSecret } from './natives.ts';
import { createRecords } from './records.ts';

/** mbedTLS's AES-CCM takes additional data with a length of two bytes (RFC 3610 section 2.2), and no longer. */
export const NATIVE_CCM_MAX_AAD_LENGTH = 2 ** 16 - 2 ** 8 - 1;

/** The C library's AEADs, MACs, hashes and curves. Key bytes stay in its memory. It has no Ed25519. */
export function createNativeProvider(natives: CryptoNatives): CryptoProvider {
  return createProvider(nativeBackend(natives));
}

/** What such a provider is made of. It holds nothing that changes: an image can have it in flash. */
export function nativeBackend(natives: CryptoNatives): Backend<NativeSecret> {
  return {
    name: 'native',
    fillRandom: (target) => natives.random(target),
    aeads: createAeads(natives),
    curves: { [Curve.P256]: nativeP256(natives), [Curve.X25519]: nativeX25519(natives) },
    hkdf: createHkdf(natives),
    records: createRecords(natives),
    hmacSha256: (secret) => createHmac(natives, secret),
    sha256: (data) => filled(SHA_256_LENGTH, (digest) => natives.hash(data, digest)),
    extract: (salt, secret) => natives.extract(salt, secret),
    importBytes: (bytes) => natives.secret(bytes),
    lengthOf: (secret) => natives.length(secret),
    wipe: (secret) => natives.wipe(secret),
  };
}

function createAeads(natives: CryptoNatives): Backend<NativeSecret>['aeads'] {
  const bind =
    (algorithm: number, maxAadLength: number) => (secret: NativeSecret, parameters: AeadParameters) =>
      createAead(natives, natives.aeadKey(secret, algorithm), parameters.tagLength, maxAadLength);
  return {
    [Algorithm.A128GCM]: bind(Algorithm.A128GCM, Number.POSITIVE_INFINITY),
    [Algorithm.AES_CCM_16_64_128]: bind(Algorithm.AES_CCM_16_64_128, NATIVE_CCM_MAX_AAD_LENGTH),
    [Algorithm.AES_CCM_16_128_128]: bind(Algorithm.AES_CCM_16_128_128, NATIVE_CCM_MAX_AAD_LENGTH),
    [Algorithm.CHACHA20_POLY1305]: bind(Algorithm.CHACHA20_POLY1305, Number.POSITIVE_INFINITY),
  };
}

function createAead(
  natives: CryptoNatives,
  key: NativeKey<'aead'>,
  tagLength: number,
  maxAadLength: number,
): BackendAead<NativeSecret> {
  return {
    seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
      if (aad.length > maxAadLength) refuse('badArgument');
      const output = new Uint8Array(plaintext.length + tagLength);
      natives.seal(key, nonce, aad, plaintext, output);
      return output;
    },
    open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
      if (aad.length > maxAadLength) refuse('badArgument');
      const output = new Uint8Array(ciphertext.length - tagLength);
      return natives.open(key, nonce, aad, ciphertext, output) ? output : undefined;
    },
    wrap(nonce, aad, data, secret): Uint8Array {
      if (aad.length > maxAadLength) refuse('badArgument');
      const output = new Uint8Array(data.length + natives.length(secret) + tagLength);
      natives.wrap(key, nonce, aad, data, secret, output);
      return output;
    },
    unwrap(nonce, aad, wrapped, data): NativeSecret | undefined {
      if (aad.length > maxAadLength) refuse('badArgument');
      return natives.unwrap(key, nonce, aad, wrapped, data);
    },
    wipe: () => natives.wipe(key),
  };
}

function createHmac(natives: CryptoNatives, secret: NativeSecret): BackendMac {
  const key = natives.macKey(secret);
  return {
    compute: (data: Uint8Array) => filled(SHA_256_LENGTH, (tag) => natives.mac(key, data, tag)),
    wipe: () => natives.wipe(key),
  };
}

function createHkdf(natives: CryptoNatives): BackendHkdf<NativeSecret> {
  return {
    expand: (pseudorandomKey, info, length) =>
      filled(length, (output) => natives.expand(pseudorandomKey, info, output)),
    expandMaterial: (pseudorandomKey, info, length) => natives.expandSecret(pseudorandomKey, info, length),
  };
}

function filled(length: number, fill: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(bytes);
  return bytes;
}
