// SPDX-License-Identifier: Apache-2.0

import type { AeadKey, CryptoProvider, PrivateKey, Secret } from '../crypto/provider.ts';

/** A provider that counts the handles that were made and not yet wiped. */
export function createCountingProvider(inner: CryptoProvider) {
  const innerOf = new WeakMap<object, object>();
  const living = new Set<object>();
  let made = 0;

  function counted<Key extends Secret | PrivateKey | AeadKey>(key: Key): Key {
    const handle = {
      ...key,
      wipe() {
        living.delete(handle);
        key.wipe();
      },
    };
    made += 1;
    living.add(handle);
    innerOf.set(handle, key);
    return handle;
  }

  /** Handles from before the counting are the inner provider's own. */
  function own<Key extends object>(handle: Key): Key {
    return (innerOf.get(handle) as Key | undefined) ?? handle;
  }

  const provider: CryptoProvider = {
    ...inner,
    secret: (bytes) => counted(inner.secret(bytes)),
    extract: (hash, salt, secret) => counted(inner.extract(hash, salt, own(secret))),
    expand: (hash, prk, info, length) => inner.expand(hash, own(prk), info, length),
    expandSecret: (hash, prk, info, length) => counted(inner.expandSecret(hash, own(prk), info, length)),
    aeadKey: (algorithm, secret) => counted(inner.aeadKey(algorithm, own(secret))),
    generateKey: (curve) => counted(inner.generateKey(curve)),
    agree: (key, publicKey) => counted(inner.agree(own(key), publicKey)),
    sign: (algorithm, key, message) => inner.sign(algorithm, own(key), message),
  };
  return { provider, made: () => made, alive: () => living.size };
}
