// SPDX-License-Identifier: Apache-2.0

import { toHex } from '../../src/bytes/hex.ts';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type DeviceStore, openSealedStore } from '../../src/store/sealed-store.ts';
import { PURPOSE_RECORDS, type Purpose, type StoredRecord } from '../../src/store/store.ts';
import type { CutMedium } from './cut-medium.ts';

const NOTHING = new Uint8Array(0);

/**
 * All that a device with this root key would find, keys told apart without their bytes. Throws what the store refuses.
 * It draws nothing from the device's chance.
 */
export function contentOf(root: Uint8Array, medium: CutMedium): string {
  const provider = createNodeProvider();
  return liveContent(provider, openSealedStore(provider, provider.secret(root), medium.copy()));
}

/** The same of a store that is open. */
export function liveContent(provider: CryptoProvider, store: DeviceStore): string {
  const records = PURPOSE_RECORDS.flatMap((count, purpose) =>
    Array.from({ length: count }, (_, index) => shown(provider, store.read(purpose as Purpose, index))),
  );
  return [`epoch ${store.boots.epoch}`, ...records].join('\n');
}

function shown(provider: CryptoProvider, record: StoredRecord | undefined): string {
  if (record === undefined) return '';
  const { data, key, privateKey } = record;
  return [toHex(data), key && fingerprint(provider, key), privateKey && toHex(privateKey.publicKey)].join();
}

function fingerprint(provider: CryptoProvider, key: Secret): string {
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, NOTHING, key);
  return toHex(provider.expand(Algorithm.SHA_256, pseudorandomKey, NOTHING, 8));
}
