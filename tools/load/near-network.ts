// SPDX-License-Identifier: Apache-2.0

/**
 * All entities of a load in one process: their roles, their records and the server's store, and links in memory. Nothing
 * of the system is between them, so that what is measured is what they do.
 */
import { Authority } from '../../src/authorization/authority.ts';
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential, CredentialStore, Identity } from '../../src/handshake/credential.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { createCredentialIndex } from '../../src/node/credential-index.ts';
import { grantMembership } from '../../src/node/grants.ts';
import { openGrants } from '../../src/node/held-grants.ts';
import { newIdentity } from '../../src/node/identity.ts';
import { openServerStore } from '../../src/node/server-store.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { after } from '../../src/node/timer.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { createGateway, type Gateway } from '../../src/roles/gateway.ts';
import { createGatewayLinks, type GatewayLinks } from '../../src/roles/gateway-links.ts';
import { staticDhInterface } from '../../src/roles/interface.ts';
import { createPne, type Pne } from '../../src/roles/pne.ts';
import { createServer } from '../../src/roles/server.ts';
import { secureServerLink } from '../../src/roles/server-link.ts';
import { joinInMemory } from './memory-link.ts';

export interface NearOptions {
  readonly provider: CryptoProvider;
  readonly store: KeyValueStore;
  readonly pnes: number;
  readonly gateways: number;
}

export interface NearPne {
  readonly pne: Pne;
  /** Called with each receipt. */
  onAccepted: () => void;
  /** Gives it a link to its gateway. */
  connect(): void;
}

/** Rows that are written at once. */
const AT_ONCE = 1000;
const NOTHING = Object.freeze({ onAgreed(): void {}, onRefused(): void {} });

/** PNE i is at gateway i modulo their number. */
export async function createNearNetwork(options: NearOptions): Promise<readonly NearPne[]> {
  const { provider, pnes, gateways } = options;
  const named = (kind: string, count: number): Identity[] =>
    Array.from({ length: count }, (_, index) => newIdentity(provider, `near-${kind}-${index + 1}`));
  const [devices, relays] = [named('pne', pnes), named('gateway', gateways)];
  const own = newIdentity(provider, 'near-server');
  const known = credentialsOf(devices);
  const names = devices.map(({ credential }) => credential.subject!);
  const links = await startServer(options, own, known, credentialsOf(relays), names);
  const grants = lastingMembership(names);
  const started = await Promise.all(
    relays.map((relay) => startGateway(options, relay, own.credential, known, grants, links)),
  );
  return devices.map((device, index) => {
    const at = index % gateways;
    return startPne(provider, device, own.credential, relays[at]!.credential, started[at]!);
  });
}

function credentialsOf(identities: readonly Identity[]): CredentialStore {
  return createCredentialIndex(identities.map(({ credential }) => credential));
}

async function startServer(
  { provider, store }: NearOptions,
  own: Identity,
  peers: CredentialStore,
  gateways: CredentialStore,
  names: readonly string[],
): Promise<GatewayLinks> {
  for (let at = 0; at < names.length; at += AT_ONCE)
    await Promise.all(
      names
        .slice(at, at + AT_ONCE)
        .map((id) => grantMembership(store, id, DEFAULT_PN, Number.MAX_SAFE_INTEGER)),
    );
  const authority = new Authority({ now: () => 0 });
  const grants = await openGrants({ store, authority, onRevoked(): void {}, onFailed: fail });
  const server = createServer({
    endToEnd: { ...staticDhInterface('server', 'CPNS-3', provider, own, []), peers },
    ...{ after, grants: authority, pn: DEFAULT_PN },
    store: await openServerStore({
      store,
      maxReadings: Number.MAX_SAFE_INTEGER,
      expected: (pne) => [grants.expectation(pne)],
      now: Date.now,
      onFailed: (_pne, error) => fail(error),
      onReadings(): void {},
    }),
    onRegistered(): void {},
    onReading(): void {},
    onContentSettled(): void {},
    ...NOTHING,
  });
  return createGatewayLinks({
    own: { ...staticDhInterface('server', 'CPNS-2', provider, own, []), peers: gateways },
    after,
    onSecured: server.attachGateway,
    ...NOTHING,
  });
}

/** Resolves when its link to the server is secured: it takes no PNE before. */
function startGateway(
  { provider, pnes }: NearOptions,
  own: Identity,
  server: Credential,
  peers: CredentialStore,
  grants: Authority,
  links: GatewayLinks,
): Promise<Gateway> {
  const gateway = createGateway({
    hop: { ...staticDhInterface('gateway', 'CPNS-1', provider, own, []), peers },
    ...{ after, grants, pn: DEFAULT_PN, maxPnes: pnes },
    ...NOTHING,
  });
  const toServer = (resolve: (gateway: Gateway) => void) => ({
    own: staticDhInterface('gateway', 'CPNS-2', provider, own, [server]),
    after,
    onSecured(link: Link): LinkEvents {
      resolve(gateway);
      return gateway.attachServer(link);
    },
    onSeats: gateway.seat,
    onPnKey: gateway.takePnKey,
    onPlaced(): void {},
    onAdmitted(): void {},
    onWithdrawn(): void {},
    onRevoked(): void {},
    ...NOTHING,
  });
  return new Promise((resolve) => {
    joinInMemory(links.attach, (link) => secureServerLink(toServer(resolve), link));
  });
}

function startPne(
  provider: CryptoProvider,
  own: Identity,
  server: Credential,
  relay: Credential,
  gateway: Gateway,
): NearPne {
  const pne = createPne({
    pneId: own.credential.subject!,
    hop: staticDhInterface('pne', 'CPNS-1', provider, own, [relay]),
    endToEnd: staticDhInterface('pne', 'CPNS-3', provider, own, [server]),
    ...{ after, payloads: compactPayloads, boots: { epoch: undefined, write(): void {} } },
    onContent(): void {},
    onReceipt: () => near.onAccepted(),
    ...NOTHING,
  });
  const near: NearPne = {
    pne,
    onAccepted(): void {},
    connect: () => joinInMemory(gateway.attachPne, pne.attach),
  };
  return near;
}

function fail(error: Error): never {
  throw error;
}
