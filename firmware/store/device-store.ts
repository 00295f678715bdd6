// SPDX-License-Identifier: Apache-2.0

import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { Refusal } from '../../src/refusal.ts';
import { type DeviceStore, eraseSealedStore, openSealedStore } from '../../src/store/sealed-store.ts';
import { openStore } from '../platform/store.ts';

/**
 * What the device keeps, apart from its provisioning. A store that does not verify is begun anew, so that the device goes
 * on with what provisioning gave it: the server finds that by the boot counter, and reports it.
 */
export function openDeviceStore(provider: CryptoProvider): DeviceStore {
  const medium = openStore('sealed');
  const root = provider.rootKey!();
  try {
    return openSealedStore(provider, root, medium);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    eraseSealedStore(medium);
    return openSealedStore(provider, root, medium);
  } finally {
    root.wipe();
  }
}
