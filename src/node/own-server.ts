// SPDX-License-Identifier: Apache-2.0

/** A CPNS Server in a program of one's own, which knows its devices and groups in memory. */
import { DEFAULT_PN } from '../authorization/membership.ts';
import { type Credential, createCredentialStore } from '../handshake/credential.ts';
import { ROOT_KEY_BYTES } from '../keys/hierarchy.ts';
import { groupPermission } from '../roles/group-permission.ts';
import { createServerKeys } from '../roles/key-master.ts';
import { Placing, placesOf } from '../roles/placement.ts';
import type { ServerKeys } from '../roles/server-keys.ts';
import { createMemoryStore } from '../roles/server-store.ts';
import { createServiceDesk, type DecidedWish, type ServiceDesk } from '../roles/service-desk.ts';
import { type CpnsServer, type CpnsServerOptions, startCpnsServer } from './cpns-server.ts';
import { openKeyStore } from './key-store.ts';
import { Members } from './members.ts';
import { type Administration, administration, GatewayGrants, type OwnGrants } from './own-administration.ts';
import { type GroupView, groupViews, type ServerGroups, serverGroups } from './server-groups.ts';
import { createMemoryStore as createMemoryKeyValueStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';
import type { StoredSwitch } from './switch-requests.ts';
import { openSwitches, type Switches } from './switches.ts';
import { after } from './timer.ts';
import { refused, type Wished } from './wishes.ts';

type Required = 'provider' | 'identity' | 'onReading' | 'port';
type Own = 'peers' | 'gateways' | 'grants' | 'keys' | 'services' | 'pn';

/** All that `startCpnsServer` takes, of which this much has to be said. */
export interface SimpleServerOptions
  extends Pick<CpnsServerOptions, Required>,
    Partial<Omit<CpnsServerOptions, Required | Own>> {
  readonly devices: readonly Credential[];
  readonly gateways: readonly Credential[];
  /** A device has asked for something, and this was decided. */
  onWish?(wish: DecidedWish): void;
  /** A PN or group is as it says from now on; undefined: it has ended. */
  onGroup?(reference: number, group: GroupView | undefined): void;
  /** A PN that a device asked to move has moved, or is not moved after all, for this reason. */
  onSwitch?(request: StoredSwitch, moved: Wished): void;
}

export interface SimpleServer extends CpnsServer, Administration {
  /** Names of the devices that it knows. */
  readonly devices: readonly string[];
  readonly groups: ServerGroups;
}

/** What it knows ends with the process, unless it is given a `store` for readings. */
export async function startOwnServer({
  devices,
  gateways,
  ...options
}: SimpleServerOptions): Promise<SimpleServer> {
  const grants = { members: new Members(devices), gateways: new GatewayGrants(gateways) };
  const { members } = grants;
  const kept = createMemoryKeyValueStore();
  let placing: Placing | undefined;
  let switches: Switches | undefined;
  const services = ownDesk(grants, gateways, options);
  const keys = ownKeys(members, kept, services, {
    ...options,
    onGroup(...of): void {
      placing?.change(placesOf(keys.groups));
      options.onGroup?.(...of);
    },
  });
  const server = await startCpnsServer({
    store: createMemoryStore(),
    onRegistered(): void {},
    onContentSettled(): void {},
    onRefused(): void {},
    onGatewayRefused(): void {},
    ...options,
    ...{ keys, services, pn: DEFAULT_PN, grants: members.grants, peers: members.credentials },
    gateways: createCredentialStore(gateways),
    onAgreed(agreement): void {
      if (agreement.name === 'CPNS-2') setImmediate(() => switches?.proceed());
      options.onAgreed?.(agreement);
    },
  });
  placing = new Placing(after, placesOf(keys.groups), server.setPlaces);
  const opened = await ownSwitches(grants, kept, keys, server, options);
  switches = opened;
  return {
    ...server,
    ...administration(grants, keys, server),
    groups: serverGroups(keys, server.hasGateway),
    get devices(): readonly string[] {
      return members.all.map(({ subject }) => subject!);
    },
    async close(): Promise<void> {
      opened.close();
      placing?.close();
      await server.close();
      await kept.close();
    },
  };
}

function ownDesk(
  { members, gateways: { authority } }: OwnGrants,
  gateways: readonly Credential[],
  { onWish }: Pick<SimpleServerOptions, 'onWish'>,
): ServiceDesk {
  return createServiceDesk({
    grants: { pne: members.grants, gateway: authority },
    gatewayCredential: (name) => gateways.find(({ subject }) => subject === name)?.cred,
    ...(onWish !== undefined && { onWish }),
  });
}

function ownKeys(
  members: Members,
  store: KeyValueStore,
  services: ServiceDesk,
  { provider, onGroup }: Pick<SimpleServerOptions, 'provider' | 'onGroup'>,
): ServerKeys {
  const root = new Uint8Array(ROOT_KEY_BYTES);
  provider.fillRandom(root);
  const keys = createServerKeys({
    ...{ provider, root: provider.secret(root), store: openKeyStore({ store, onFailed(): void {} }) },
    credentialOf: (pne) => members.of(pne),
    permits: groupPermission(members.grants),
    services,
    onGroup: (reference) =>
      onGroup?.(
        reference,
        groupViews(keys).find((group) => group.reference === reference),
      ),
    onHolder(): void {},
  });
  root.fill(0);
  return keys;
}

function ownSwitches(
  { members, gateways }: OwnGrants,
  store: KeyValueStore,
  keys: ServerKeys,
  { hasGateway }: CpnsServer,
  { onSwitch }: Pick<SimpleServerOptions, 'onSwitch'>,
) {
  const held = (authority: typeof members.grants) => ({ authority, refresh: async () => {} });
  return openSwitches({
    ...{ store, keys, hasGateway },
    grants: { pne: held(members.grants), gateway: held(gateways.authority) },
    isKnown: ({ role, name }) => (role === 'gateway' ? gateways.has(name) : members.of(name) !== undefined),
    onSwitched: (request) => onSwitch?.(request, { ok: true, value: undefined }),
    onRefused: (reason, request) => onSwitch?.(request, refused(reason, 'the PN stays where it is')),
    onFailed(): void {},
  });
}
