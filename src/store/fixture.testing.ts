// SPDX-License-Identifier: Apache-2.0

import { toHex } from '../bytes/hex.ts';
import { createFill } from '../bytes/random.testing.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { pattern } from '../crypto/check.testing.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import type { CryptoProvider, PrivateKey, Secret } from '../crypto/provider.ts';
import type { Medium } from './medium.ts';
import { type DeviceStore, openSealedStore } from './sealed-store.ts';
import type { StoredRecord } from './store.ts';

export const provider: CryptoProvider = createNobleProvider(createFill(1));
export const ROOT: Secret = provider.secret(pattern(32, 1));

export function open(medium: Medium, root: Secret = ROOT): DeviceStore {
  return openSealedStore(provider, root, medium);
}

export function record(length: number, seed: number, key?: Secret | PrivateKey): StoredRecord {
  if (key === undefined) return { data: pattern(length, seed) };
  return 'curve' in key
    ? { data: pattern(length, seed), privateKey: key }
    : { data: pattern(length, seed), key };
}

/** Tells records apart, keys included, without seeing the keys. */
export function shown(stored: StoredRecord | undefined): string {
  if (stored === undefined) return 'none';
  const { data, key, privateKey } = stored;
  return [toHex(data), key ? fingerprint(key) : '', privateKey ? toHex(privateKey.publicKey) : ''].join();
}

function fingerprint(key: Secret): string {
  const none = new Uint8Array(0);
  return toHex(provider.expand(Algorithm.SHA_256, provider.extract(Algorithm.SHA_256, none, key), none, 8));
}
