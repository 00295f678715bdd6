// SPDX-License-Identifier: Apache-2.0

/**
 * What server and gateway of a run keep: the stores that `pne-runtime` has, in memory, so that `pne-runtime admin` and
 * the page change them alike.
 */
import { Authority } from '../../src/authorization/authority.ts';
import type { CryptoProvider, Secret } from '../../src/crypto/provider.ts';
import type { Credential } from '../../src/handshake/credential.ts';
import { ROOT_KEY_BYTES } from '../../src/keys/hierarchy.ts';
import { type Devices, enrol, openDevices } from '../../src/node/devices.ts';
import { type HeldGrants, openGrants } from '../../src/node/held-grants.ts';
import { openKeyStore } from '../../src/node/key-store.ts';
import { grantJoined } from '../../src/node/programs/admin-grants.ts';
import { createMemoryStore } from '../../src/node/store/memory.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { groupPermission } from '../../src/roles/group-permission.ts';
import { createServerKeys } from '../../src/roles/key-master.ts';
import type { ServerKeys } from '../../src/roles/server-keys.ts';
import { createServiceDesk } from '../../src/roles/service-desk.ts';

export interface Keeper {
  readonly store: KeyValueStore;
  readonly devices: Devices;
  readonly grants: HeldGrants;
}

export interface KeeperOptions {
  /** Who is enrolled, with what each needs, from the beginning. */
  readonly pnes: readonly Credential[];
  /** What they may do besides, as `admin grant --may` has it. */
  readonly may?: string;
  /** Who is enrolled, and granted nothing. */
  readonly strangers: readonly Credential[];
  /** With nothing in it. */
  readonly authority: Authority;
  /** These are withdrawn. */
  onGone(pneIds: readonly string[]): void;
  /** Devices, or what they may do, have changed. */
  onChanged(): void;
  onRevoked(pneId: string): void;
}

export async function openKeeper(options: KeeperOptions): Promise<Keeper> {
  const store = createMemoryStore();
  for (const { subject } of options.pnes) await grantJoined(store, subject!, options.may);
  for (const credential of [...options.pnes, ...options.strangers]) await enrol(store, credential);
  const devices = await openDevices({
    store,
    onChanged(removed): void {
      options.onGone(removed);
      options.onChanged();
    },
    onFailed: fail,
  });
  const grants = await openGrants({
    ...{ store, authority: options.authority, onChanged: options.onChanged, onFailed: fail },
    onRevoked(pneIds): void {
      for (const pneId of pneIds) options.onRevoked(pneId);
    },
  });
  return { store, devices, grants };
}

export function closeKeeper({ devices, grants }: Keeper): void {
  devices.close();
  grants.close();
}

/** A server's key, new in every run. */
export function newRoot(provider: CryptoProvider): Secret {
  const root = new Uint8Array(ROOT_KEY_BYTES);
  provider.fillRandom(root);
  return provider.secret(root);
}

export interface KeysOptions {
  readonly provider: CryptoProvider;
  readonly root: Secret;
  readonly keeper: Keeper;
  readonly gateways: readonly Credential[];
  onHolder(): void;
}

export async function openKeys({
  provider,
  root,
  keeper,
  gateways,
  onHolder,
}: KeysOptions): Promise<ServerKeys> {
  const store = openKeyStore({ store: keeper.store, onFailed: fail });
  await store.watch(() => keys.refresh());
  const keys = createServerKeys({
    provider,
    root,
    store,
    credentialOf: (pneId) => keeper.devices.all.find(({ subject }) => subject === pneId),
    permits: groupPermission(keeper.grants.authority),
    services: createServiceDesk({
      // Nobody grants its gateway anything.
      grants: { pne: keeper.grants.authority, gateway: new Authority({ now: secondsNow }) },
      gatewayCredential: (name) => gateways.find(({ subject }) => subject === name)?.cred,
    }),
    onGroup: onHolder,
    onHolder,
  });
  return keys;
}

/** A store in memory fails by a fault of ours alone. */
export function fail(error: Error): never {
  throw error;
}

export function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}
