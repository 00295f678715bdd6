// SPDX-License-Identifier: Apache-2.0

/** The external entities of a server that runs: who they are, what was granted to them, and what is kept for them. */
import { Authority } from '../../authorization/authority.ts';
import {
  decideWithPne,
  mayPublish,
  mayWithDevices,
  permissionsWith,
} from '../../authorization/entity-access.ts';
import { DEFAULT_PN } from '../../authorization/membership.ts';
import { groupNumber, isPersonalNetwork } from '../../keys/reference.ts';
import { refuse } from '../../refusal.ts';
import type { GroupRecord } from '../../roles/group-record.ts';
import type { CpnsServer, ServedEntities } from '../cpns-server.ts';
import { openDeviceNumbers } from '../device-numbers.ts';
import { type Devices, ENTITIES } from '../devices.ts';
import { EntityReadings } from '../entity-readings.ts';
import { ENTITY_GRANTS } from '../grants.ts';
import type { HeldConsents } from '../held-consents.ts';
import { openGrants } from '../held-grants.ts';
import { openMemberships } from '../memberships.ts';
import type { KeyValueStore } from '../store/store.ts';
import { openEnrolled } from './enrolled.ts';
import type { Log } from './log.ts';

export interface EntitiesOptions {
  readonly store: KeyValueStore;
  readonly log: Log;
  /** Readings that are kept for one at most. */
  readonly maxKept: number;
  readonly consents: HeldConsents;
  devices(): Devices;
  groups(): readonly GroupRecord[];
  server(): CpnsServer | undefined;
}

export interface ServerEntities {
  readonly served: ServedEntities;
  readonly readings: EntityReadings;
  readonly count: number;
  close(): void;
}

export async function openEntities(options: EntitiesOptions): Promise<ServerEntities> {
  const { store, log, server, consents } = options;
  let isClosed = false;
  const refresh = () => server()?.entities?.refresh();
  const now = () => Math.floor(Date.now() / 1000);
  const authority = new Authority({ now });
  const grants = await openGrants({
    ...{ store, list: ENTITY_GRANTS, authority },
    onRevoked(ids): void {
      for (const entity of ids) log('revoked', { entity });
    },
    onChanged: refresh,
    onFailed: ({ message }) => log('grants-failed', { reason: message }),
  });
  const numbers = await openDeviceNumbers(store, ({ message }) => log('grants-failed', { reason: message }));
  const enrolled = await openEnrolled({
    ...{ store, log, roll: ENTITIES, name: 'entities' },
    expel: (entity) => server()?.entities?.expel(entity),
    onChanged: () => void purge(),
  });
  const groups = await openMemberships(store, refresh, ({ message }) =>
    log('keys-failed', { reason: message }),
  );
  const targetOf = (pneId: string) => {
    const number = numbers.numberOf(pneId);
    return { ...(number !== undefined && { number }), groups: groups.of(pneId) };
  };
  const contextOf = (entity: string, pneId: string) =>
    consents.contextOf({ operation: 'content-access', subject: entity, target: pneId });
  const mayRead = (entity: string, pneId: string) =>
    decideWithPne(authority, entity, 'content-access', targetOf(pneId), contextOf(entity, pneId)).kind ===
    'permit';
  const readings = new EntityReadings({
    ...{ store, maxKept: options.maxKept, now: Date.now },
    readersOf: (pneId) => enrolled.ids.filter((entity) => mayRead(entity, pneId)),
    expected: (pneId, readers) => consents.expectations('content-access', pneId, readers),
    onKept: () => server()?.entities?.proceed(),
    onFailed(entity, { message }): void {
      // What was under way when the program ends comes again at its next start.
      if (!isClosed) log('store-failed', { entity, reason: message });
    },
  });
  const permissionsOf = (entity: string, pneId: string) =>
    options.devices().has(pneId)
      ? permissionsWith(authority, entity, targetOf(pneId), contextOf(entity, pneId))
      : 0;
  async function purge(): Promise<void> {
    await readings.keepFor(enrolled.ids).catch(({ message }: Error) => {
      if (!isClosed) log('store-failed', { reason: message });
    });
  }
  await purge();
  return {
    readings,
    served: {
      ...{ credentials: enrolled.credentials, grants: authority, store: readings, permissionsOf },
      devicesFor(entity): readonly string[] {
        if (!mayWithDevices(authority, entity, 'devices-read', DEFAULT_PN)) return [];
        const ids = options.devices().ids;
        return ids.filter((pneId) => permissionsOf(entity, pneId) !== 0);
      },
      ask: (entity, pneId) => consents.ask({ operation: 'content-access', subject: entity, target: pneId }),
      mayPublish: (entity, group) =>
        !isPersonalNetwork(group) && mayPublish(authority, entity, groupNumber(group)),
      membersOf(group): readonly string[] | undefined {
        const record = options.groups().find(({ reference }) => reference === group);
        return record?.members.map(({ pneId }) => pneId);
      },
      servicesFor(entity, pneId): readonly string[] | undefined {
        if (!mayWithDevices(authority, entity, 'devices-capabilities', DEFAULT_PN)) refuse('notAuthorized');
        if (!options.devices().has(pneId)) return undefined;
        const own = options
          .groups()
          .filter(({ members }) => members.some((member) => member.pneId === pneId));
        return own.map(({ service }) => service).filter((service) => service !== '');
      },
      onRefused(reason, entity): void {
        const remedy = entity === undefined ? REMEDIES[reason] : undefined;
        log('entity-refused', {
          reason,
          ...(entity !== undefined && { entity }),
          ...(remedy !== undefined && { try: remedy }),
        });
      },
    },
    get count(): number {
      return enrolled.ids.length;
    },
    close(): void {
      isClosed = true;
      grants.close();
      numbers.close();
      groups.close();
      enrolled.close();
    },
  };
}

/** An entity proves itself before anything is said of it. */
const REMEDIES: Partial<Record<string, string>> = Object.freeze({
  credentialUnknown: 'pne-runtime admin add-entity',
  notAuthorized: 'pne-runtime admin grant-entity',
});
