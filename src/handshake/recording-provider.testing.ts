// SPDX-License-Identifier: Apache-2.0

import { x25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { Curve } from '../crypto/curves.ts';
import type { AeadKey, CryptoProvider, PrivateKey, Secret } from '../crypto/provider.ts';

export interface RecordingProvider extends CryptoProvider {
  /** Every byte string that crossed the door or lies behind one of its handles, in hexadecimal. */
  readonly values: ReadonlySet<string>;
}

/**
 * A provider that shows what the real one hides, and takes its ephemeral keys from a list. For traces only:
 * it knows the bytes behind the handles it made.
 */
export function createRecordingProvider(
  inner: CryptoProvider,
  ephemeralKeys: readonly string[],
): RecordingProvider {
  const values = new Set<string>();
  const bytesOf = new WeakMap<Secret | PrivateKey, Uint8Array>();
  const upcoming = ephemeralKeys.slice();

  function record(...all: Uint8Array[]): void {
    for (const bytes of all) values.add(toHex(bytes));
  }

  function remember<Handle extends Secret | PrivateKey>(handle: Handle, bytes: Uint8Array): Handle {
    record(bytes);
    bytesOf.set(handle, bytes.slice());
    return handle;
  }

  function privateKey(curve: number, bytes: Uint8Array): PrivateKey {
    const key = remember(inner.privateKey(curve, bytes), bytes);
    record(key.publicKey, key.publicKey.subarray(0, 32), key.publicKey.subarray(32));
    return key;
  }

  return {
    ...inner,
    values,
    privateKey,
    generateKey: (curve) => privateKey(curve, fromHex(upcoming.shift()!)),
    secret: (bytes) => remember(inner.secret(bytes), bytes),

    hash(algorithm, data) {
      const digest = inner.hash(algorithm, data);
      record(data, digest);
      return digest;
    },

    agree(key, publicKey) {
      record(publicKey);
      return remember(inner.agree(key, publicKey), sharedX(key.curve, bytesOf.get(key)!, publicKey));
    },

    extract(hash, salt, inputKeyingMaterial) {
      const prk = inner
        .macKey(Algorithm.HMAC_256_256, inner.secret(salt))
        .compute(bytesOf.get(inputKeyingMaterial)!);
      record(salt);
      return remember(inner.extract(hash, salt, inputKeyingMaterial), prk);
    },

    expand(hash, prk, info, length) {
      const output = inner.expand(hash, prk, info, length);
      record(info, output);
      return output;
    },

    expandSecret(hash, prk, info, length) {
      record(info);
      return remember(inner.expandSecret(hash, prk, info, length), inner.expand(hash, prk, info, length));
    },

    aeadKey: (algorithm, secret) => recordingAead(inner.aeadKey(algorithm, secret), record),

    sign(algorithm, key, message) {
      const signature = inner.sign(algorithm, key, message);
      record(message, signature);
      return signature;
    },

    verify(algorithm, publicKey, message, signature) {
      record(publicKey, message, signature);
      return inner.verify(algorithm, publicKey, message, signature);
    },
  };
}

function recordingAead(key: AeadKey, record: (...all: Uint8Array[]) => void): AeadKey {
  return {
    seal(nonce, aad, plaintext) {
      const ciphertext = key.seal(nonce, aad, plaintext);
      record(nonce, aad, plaintext, ciphertext);
      return ciphertext;
    },
    open(nonce, aad, ciphertext) {
      const plaintext = key.open(nonce, aad, ciphertext);
      record(nonce, aad, ciphertext);
      if (plaintext !== undefined) record(plaintext);
      return plaintext;
    },
    wipe: () => key.wipe(),
  };
}

function sharedX(curve: number, key: Uint8Array, publicKey: Uint8Array): Uint8Array {
  if (curve === Curve.X25519) return x25519.getSharedSecret(key, publicKey);
  return p256.getSharedSecret(key, concatBytes(Uint8Array.of(2), publicKey.subarray(0, 32))).slice(1);
}
