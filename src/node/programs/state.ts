// SPDX-License-Identifier: Apache-2.0

/**
 * The folder that gateway and server keep what they know in:
 *
 *     identity          private key and credential (src/node/identity.ts)
 *     root-key          a server's: what the keys that it issues are derived of (src/node/root-key.ts)
 *     credential        the credential alone, for whoever provisions devices
 *     store/            the key-value store, unless that is in a database
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Identity } from '../../handshake/credential.ts';
import { openIdentity } from '../identity.ts';
import { checkFolder, openFolder } from '../own-folder.ts';
import type { SealingKey } from '../sealing-key.ts';
import { resealSecret, writeOnce } from '../secret-file.ts';
import { type LmdbOptions, openLmdbStore } from '../store/lmdb.ts';
import { openPostgresStore } from '../store/postgres.ts';
import type { DatabaseLosses } from '../store/postgres-losses.ts';
import type { KeyValueStore } from '../store/store.ts';

export interface State {
  readonly identity: Identity;
  readonly store: KeyValueStore;
  /** Where a server's root key lies. */
  readonly rootKeyPath: string;
}

export interface StateOptions extends LmdbOptions {
  /** A URL of PostgreSQL; '' for the store in the folder. */
  readonly database?: string;
  /** What becomes of its losses while the program starts. */
  readonly losses?: DatabaseLosses;
  /** In place of both. */
  readonly store?: KeyValueStore;
  /** Seals the secrets in the folder. */
  readonly sealingKey?: SealingKey | undefined;
}

/** Opens it, or makes it where there is none. */
export async function openState(
  provider: CryptoProvider,
  path: string,
  subject: string,
  options: StateOptions,
): Promise<State> {
  const { database = '' } = options;
  const folder = openFolder(path);
  if (database === '') requireIdentity(folder, existsSync(storeOf(folder)));
  const store = options.store ?? (await openStore(folder, database, options));
  try {
    requireIdentity(folder, (await store.range(new Uint8Array(0), 1)).length > 0);
    const identity = openIdentity(provider, identityOf(folder), subject, options.sealingKey);
    const credential = join(folder, 'credential');
    if (!existsSync(credential)) writeOnce(credential, identity.credential.cred, 0o644);
    return { identity, store, rootKeyPath: join(folder, 'root-key') };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openStore(folder: string, database: string, options: StateOptions): Promise<KeyValueStore> {
  return database === ''
    ? openLmdbStore(storeOf(folder), options)
    : openPostgresStore(database, options.losses);
}

/** Of a program that has run: administration makes no store. */
export function openExistingStore(folder: string): KeyValueStore {
  if (!isThere(storeOf(folder)))
    throw new Error(`${folder} holds no store: start the server or the gateway with it first`);
  checkFolder(folder);
  return openLmdbStore(storeOf(folder));
}

/** Seals the secrets in a folder under another key. Throws where there are none. */
export function resealState(folder: string, former: SealingKey | undefined, next: SealingKey): void {
  if (isThere(folder)) checkFolder(folder);
  const names = [identityOf(folder), join(folder, 'root-key')];
  const found = names.filter((path) => resealSecret(path, former, next));
  if (found.length === 0)
    throw new Error(`${folder} holds no identity: it is no folder of a server or a gateway`);
}

/** Throws where that cannot be seen: nobody else is let in. */
function isThere(path: string): boolean {
  try {
    return statSync(path) !== undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') throw new Error(`${path} is another user's: administer as that user`);
    return false;
  }
}

/** A new one would be a stranger to every device that is in the store. */
function requireIdentity(folder: string, isStoreThere: boolean): void {
  if (isStoreThere && !existsSync(identityOf(folder)))
    throw new Error(
      `${identityOf(folder)} is missing, though there is a store that goes with it: restore it from a copy`,
    );
}

function identityOf(folder: string): string {
  return join(folder, 'identity');
}

function storeOf(folder: string): string {
  return join(folder, 'store');
}
