// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import type { BackendPrivateKey } from './backend-curve.ts';
import type { PrivateKey } from './provider.ts';

export interface PrivateKeys<Material> {
  handleTo(curve: number, key: BackendPrivateKey<Material>): PrivateKey;
  /** Refuses a handle of another provider (`badArgument`) and a wiped one (`keyWiped`). */
  keyOf(handle: PrivateKey): BackendPrivateKey<Material>;
}

/** Keeps the private keys behind one provider's handles where only that provider finds them. */
export function createPrivateKeys<Material>(): PrivateKeys<Material> {
  const keys = new WeakMap<PrivateKey, { key: BackendPrivateKey<Material> | undefined }>();

  function handleTo(curve: number, key: BackendPrivateKey<Material>): PrivateKey {
    const entry: { key: BackendPrivateKey<Material> | undefined } = { key };
    const handle = Object.freeze({
      curve,
      publicKey: key.publicKey,
      wipe(): void {
        entry.key?.wipe();
        entry.key = undefined;
      },
    });
    keys.set(handle, entry);
    return handle;
  }

  function keyOf(handle: PrivateKey): BackendPrivateKey<Material> {
    const entry = keys.get(handle);
    if (entry === undefined) return refuse('badArgument');
    return entry.key ?? refuse('keyWiped');
  }

  return Object.freeze({ handleTo, keyOf });
}
