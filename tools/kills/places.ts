// SPDX-License-Identifier: Apache-2.0

/** Where servers are started again and again, and who they know. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { entityScope } from '../../src/authorization/entity-access.ts';
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { ENTITIES, enrol, GATEWAYS } from '../../src/node/devices.ts';
import { ENTITY_GRANTS, grantMembership, grantScope } from '../../src/node/grants.ts';
import { newIdentity } from '../../src/node/identity.ts';
import { openExistingStore, openState } from '../../src/node/programs/state.ts';
import { openPostgresStore } from '../../src/node/store/postgres.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { withRecords } from '../../src/session/records.ts';
import { freePort } from '../simulator/free-port.ts';
import { DeviceCrowd } from './devices.ts';
import { EntityReader } from './reader.ts';

export interface PlacesOptions {
  readonly folder: string;
  readonly pnes: number;
  /** A URL of PostgreSQL: servers there, so many, between which PNEs move; else one with a store of its own. */
  readonly database?: string;
  readonly servers?: number;
  /** From 0 to below 1. */
  random(): number;
}

/** One server as it is started again and again. */
export interface Place {
  readonly state: string;
  readonly url: string;
  readonly args: readonly string[];
}

/** The first one alone writes readings out. */
export async function placesOf(options: PlacesOptions, output: string): Promise<Place[]> {
  const { folder, database, servers = 1 } = options;
  const places: Place[] = [];
  for (let index = 0; index < servers; index += 1) {
    const state = join(folder, `state-${index}`);
    const listen = `127.0.0.1:${await freePort()}`;
    const args = ['--state', state, '--listen', listen, '--log', 'text'];
    if (index === 0) args.push('--output', output);
    if (database !== undefined) args.push('--store', database);
    places.push({ state, url: `ws://${listen}`, args });
  }
  return places;
}

/** The store of all places, beside the servers. */
export function openStoreOf(
  { database }: PlacesOptions,
  [first]: readonly Place[],
): Promise<KeyValueStore> | KeyValueStore {
  return database === undefined ? openExistingStore(first!.state) : openPostgresStore(database);
}

/** Servers on one database have one identity. */
export async function enrolCrowd(
  { pnes, random, database = '' }: PlacesOptions,
  places: readonly Place[],
): Promise<{ readonly crowd: DeviceCrowd; readonly reader: EntityReader }> {
  const provider: CryptoProvider = withRecords(createNodeProvider());
  const [first, ...others] = places;
  const { identity, store } = await openState(provider, first!.state, 'server', { database });
  for (const { state } of others) {
    mkdirSync(state, { mode: 0o700 });
    copyFileSync(join(first!.state, 'identity'), join(state, 'identity'));
  }
  const identities = Array.from({ length: pnes }, (_, index) => newIdentity(provider, `pne-${index + 1}`));
  for (const { credential } of identities) {
    const id = await enrol(store, credential);
    await grantMembership(store, id, DEFAULT_PN, Number.MAX_SAFE_INTEGER);
  }
  const gateways = places.map((_, index) => newIdentity(provider, `gateway-${index + 1}`));
  for (const { credential } of gateways) await enrol(store, credential, GATEWAYS);
  const entity = newIdentity(provider, 'reader');
  const scope = entityScope({ read: ['all'], command: [], pn: DEFAULT_PN });
  const id = await enrol(store, entity.credential, ENTITIES);
  await grantScope(store, ENTITY_GRANTS, id, scope, Number.MAX_SAFE_INTEGER);
  await store.close();
  const serverUrls = places.map(({ url }) => url);
  const server = serverUrls.at(-1)!;
  const serverCredential = identity.credential;
  return {
    crowd: new DeviceCrowd({ provider, server: serverCredential, serverUrls, gateways, identities }),
    reader: new EntityReader({ provider, identity: entity, server, serverCredential, random }),
  };
}
