// SPDX-License-Identifier: Apache-2.0

/**
 * The folder that gateway and server keep what they know in:
 *
 *     identity          private key and credential (src/node/identity.ts)
 *     credential        the credential alone, for whoever provisions devices
 *     store/            the key-value store
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Identity } from '../../handshake/credential.ts';
import { openIdentity, writeOnce } from '../identity.ts';
import { type LmdbOptions, openLmdbStore } from '../store/lmdb.ts';
import type { KeyValueStore } from '../store/store.ts';

export interface State {
  readonly identity: Identity;
  readonly store: KeyValueStore;
}

/** Opens it, or makes it where there is none. */
export function openState(
  provider: CryptoProvider,
  folder: string,
  subject: string,
  options: LmdbOptions,
): State {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'identity');
  if (existsSync(storeOf(folder)) && !existsSync(path))
    throw new Error(`${path} is missing, though there is a store beside it: restore it from a copy`);
  const identity = openIdentity(provider, path, subject);
  const credential = join(folder, 'credential');
  if (!existsSync(credential)) writeOnce(credential, identity.credential.cred, 0o644);
  return { identity, store: openLmdbStore(storeOf(folder), options) };
}

/** Of a program that has run: administration makes no store. */
export function openExistingStore(folder: string): KeyValueStore {
  if (!existsSync(storeOf(folder)))
    throw new Error(`${folder} holds no store: start the server or the gateway with it first`);
  return openLmdbStore(storeOf(folder));
}

function storeOf(folder: string): string {
  return join(folder, 'store');
}
