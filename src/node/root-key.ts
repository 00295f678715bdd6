// SPDX-License-Identifier: Apache-2.0

/**
 * The root key of a CPNS Server, of which all that it issues are derived: 32 random bytes, made at the first start and
 * kept in a file that no other user may read, and sealed where there is a key for that (sealing-key.ts). It is never made
 * again beside keys that were derived of another.
 */
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { ROOT_KEY_BYTES } from '../keys/hierarchy.ts';
import { hasKeys } from './key-store.ts';
import type { SealingKey } from './sealing-key.ts';
import { readSecret, writeSecret } from './secret-file.ts';
import type { KeyValueStore } from './store/store.ts';

/** Throws what to do where the file is no root key, or is missing beside a store that goes with one. */
export async function openRootKey(
  provider: CryptoProvider,
  path: string,
  store: KeyValueStore,
  key?: SealingKey,
): Promise<Secret> {
  const bytes = readSecret(path, key) ?? (await makeFile(provider, path, store, key));
  try {
    if (bytes.length !== ROOT_KEY_BYTES) throw new Error(`${path} holds no key: restore it from a copy`);
    return provider.secret(bytes);
  } finally {
    bytes.fill(0);
  }
}

async function makeFile(
  provider: CryptoProvider,
  path: string,
  store: KeyValueStore,
  key: SealingKey | undefined,
): Promise<Uint8Array> {
  if (await hasKeys(store))
    throw new Error(
      `${path} is missing, though the store has groups that go with it: restore it from a copy`,
    );
  const bytes = new Uint8Array(ROOT_KEY_BYTES);
  provider.fillRandom(bytes);
  writeSecret(path, bytes, key);
  return bytes;
}
