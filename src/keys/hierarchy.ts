// SPDX-License-Identifier: Apache-2.0

/**
 * The server's keys. All are derived of one root key, which alone is kept secret: what its store holds of a key is an
 * epoch and a salt, and says nothing of it. A salt is drawn for each, so that a store which was rolled back does not
 * make the same key a second time.
 */
import { encodeFlat } from '../cbor/flat.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { KeyLabel } from './labels.ts';
import { KEY_BYTES } from './wrapping.ts';

export const ROOT_KEY_BYTES = 32;
export const SALT_BYTES = 16;

/** One key of its kind, for whoever has the root key. */
export interface DerivedKey {
  readonly epoch: number;
  readonly salt: Uint8Array;
}

/** Returns a key that no other epoch, and no other root, has. */
export function newKey(fillRandom: (target: Uint8Array) => void, epoch: number): DerivedKey {
  const salt = new Uint8Array(SALT_BYTES);
  fillRandom(salt);
  return { epoch, salt };
}

/** The caller wipes it. `user`: whose key it is; undefined: the PNE stands for itself. */
export function userKeyOf(
  provider: CryptoProvider,
  root: Secret,
  pneId: string,
  key: DerivedKey,
  user?: string,
): Secret {
  return derive(provider, root, KeyLabel.userKey, pneId, key, user === undefined ? [] : [user]);
}

/** The same of a PN or a service group. */
export function groupKeyOf(
  provider: CryptoProvider,
  root: Secret,
  reference: number,
  key: DerivedKey,
): Secret {
  return derive(provider, root, KeyLabel.groupKey, reference, key);
}

function derive(
  provider: CryptoProvider,
  root: Secret,
  label: string,
  owner: string | number,
  { epoch, salt }: DerivedKey,
  more: readonly string[] = [],
): Secret {
  const info = encodeFlat([label, owner, epoch, salt, ...more]);
  return provider.expandSecret(Algorithm.SHA_256, root, info, KEY_BYTES);
}
