// SPDX-License-Identifier: Apache-2.0

/** Where servers are started again and again, and who they know. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { entityScope } from '../../src/authorization/entity-access.ts';
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential } from '../../src/handshake/credential.ts';
import { ENTITIES, enrol, GATEWAYS } from '../../src/node/devices.ts';
import { ENTITY_GRANTS, grantMembership, grantScope } from '../../src/node/grants.ts';
import { type NewIdentity, newIdentity } from '../../src/node/identity.ts';
import { openExistingStore, openState } from '../../src/node/programs/state.ts';
import { openPostgresStore } from '../../src/node/store/postgres.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { freePort } from '../simulator/free-port.ts';

export interface PlacesOptions {
  readonly folder: string;
  /** A URL of PostgreSQL: servers there, so many, between which PNEs move; else one with a store of its own. */
  readonly database?: string;
  readonly servers?: number;
  /** From 0 to below 1. */
  random(): number;
}

/** One program as it is started again and again. */
export interface Place {
  readonly state: string;
  /** That it listens at. */
  readonly port: number;
  readonly args: readonly string[];
}

/** What is kept for the external entity: it takes fewer than PNEs send, and is to miss none. */
const MAX_KEPT = 1_000_000_000;

/** The first one alone writes readings out. */
export async function placesOf(options: PlacesOptions, output: string): Promise<Place[]> {
  const { folder, database, servers = 1 } = options;
  const places: Place[] = [];
  for (let index = 0; index < servers; index += 1) {
    const state = join(folder, `state-${index}`);
    const port = await freePort();
    const args = ['server', '--state', state, '--listen', `127.0.0.1:${port}`, '--log', 'text'];
    args.push('--max-kept', String(MAX_KEPT));
    if (index === 0) args.push('--output', output);
    if (database !== undefined) args.push('--store', database);
    places.push({ state, port, args });
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

export function urlOf({ port }: Pick<Place, 'port'>): string {
  return `ws://127.0.0.1:${port}`;
}

export interface Enrolled {
  readonly server: Credential;
  readonly identities: readonly NewIdentity[];
  /** The external entity. */
  readonly entity: NewIdentity;
}

/**
 * Makes servers, which have one identity on one database, PNEs of these names and an external entity that may read all,
 * and makes them and the gateways known to the servers.
 */
export async function enrolAll(
  provider: CryptoProvider,
  { database = '' }: PlacesOptions,
  places: readonly Place[],
  names: readonly string[],
  gateways: readonly Credential[],
): Promise<Enrolled> {
  const [first, ...others] = places;
  const { identity, store } = await openState(provider, first!.state, 'server', { database });
  for (const { state } of others) {
    mkdirSync(state, { mode: 0o700 });
    copyFileSync(join(first!.state, 'identity'), join(state, 'identity'));
  }
  const identities = names.map((name) => newIdentity(provider, name));
  await admitAll(store, identities);
  for (const gateway of gateways) await enrol(store, gateway, GATEWAYS);
  const entity = newIdentity(provider, 'reader');
  const scope = entityScope({ read: ['all'], command: [], pn: DEFAULT_PN });
  const id = await enrol(store, entity.credential, ENTITIES);
  await grantScope(store, ENTITY_GRANTS, id, scope, Number.MAX_SAFE_INTEGER);
  await store.close();
  return { server: identity.credential, identities, entity };
}

/** To the store of a server or of a gateway. */
export async function admitAll(store: KeyValueStore, identities: readonly NewIdentity[]): Promise<void> {
  for (const { credential } of identities) {
    const id = await enrol(store, credential);
    await grantMembership(store, id, DEFAULT_PN, Number.MAX_SAFE_INTEGER);
  }
}

export function namesOf(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}
