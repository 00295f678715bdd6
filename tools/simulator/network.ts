// SPDX-License-Identifier: Apache-2.0

/** The CPNS Server and the PN GW, joined by a real WebSocket and by CPNS-2 on it, with PNEs provisioned for them. */
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';

import {
  type Credential,
  ccsCredential,
  createCredentialStore,
  type Identity,
} from '../../src/handshake/credential.ts';

import { ROOT_KEY_BYTES } from '../../src/keys/hierarchy.ts';

import type { Link, LinkEvents } from '../../src/link/link.ts';
import { type CpnsServer, startCpnsServer } from '../../src/node/cpns-server.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type NewIdentity, newIdentity } from '../../src/node/identity.ts';
import { type PnGateway, startPnGateway } from '../../src/node/pn-gateway.ts';
import { listenTcp } from '../../src/node/tcp.ts';
import type { ReasonName } from '../../src/refusal.ts';
import type { Agreement } from '../../src/roles/interface.ts';

import { createServerKeys } from '../../src/roles/key-master.ts';
import { createMemoryKeyStore } from '../../src/roles/key-store.ts';
import type { Invited, Provisioning } from '../../src/roles/provisioning.ts';
import type { ServerKeys } from '../../src/roles/server-keys.ts';

import { createMemoryStore, type Reading } from '../../src/roles/server-store.ts';
import { withRecords } from '../../src/session/records.ts';
import { inviteJoining, type Joining, type JoiningPne } from './joining-pne.ts';
import { listenLines } from './serial-lines.ts';

export interface NetworkOptions {
  readonly pneIds: readonly string[];
  /** The one of them that is not provisioned, and joins by a code. */
  readonly joining?: Joining;
  /** COSE algorithm that the server's records use; undefined leaves the choice to the negotiation. */
  readonly algorithm: number | undefined;
  readonly intervalMs: number;
  onAgreed(agreement: Agreement): void;
  onReading(pneId: string, reading: Reading): void;
  onRefused(reason: ReasonName, pneId: string | undefined): void;
  /** The gateway's link to the server is there, or away: without it a PNE's link is closed at once. */
  onServerLink?(isThere: boolean): void;
  /** A member of a group is known to have its present key. */
  onHolder(): void;
}

export interface Network {
  /** What goes into each PNE's store, in the order of `pneIds`. */
  readonly provisioning: readonly (Provisioning | Invited)[];
  /** TCP port at which serial lines of PNEs end. */
  readonly linePort: number;
  /** Has the server tell a PNE its interval, as it does once at the start: a PNE that restarts has forgotten. */
  deliverInterval(pneId: string): void;
  readonly keys: ServerKeys;
  /** Has the server tell a PNE to say something to a group. */
  publish(pneId: string, reference: number, value: string): void;
  /** Gives the gateway a link to a PNE that came by no stream. */
  attachPne(link: Link): LinkEvents;
  close(): Promise<void>;
}

/** Everybody who is provisioned for everybody else. */
interface Members {
  readonly provider: CryptoProvider;
  readonly joining: JoiningPne | undefined;
  readonly pnes: readonly NewIdentity[];
  readonly gateway: NewIdentity;
  readonly server: NewIdentity;
}

export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const members = await provisionMembers(options);
  const keys = createKeys(options, members);
  const server = await startServer(options, members, keys);
  const gateway = await startGateway(options, members, `ws://127.0.0.1:${server.port}`);
  const gatewayListener = await listenTcp(0, gateway.attachPne);
  const lineListener = await listenLines(gateway.attachPne);
  return {
    provisioning: options.pneIds.map((pneId) => provisioningOf(members, pneId, gatewayListener.port)),
    linePort: lineListener.port,
    deliverInterval: (pneId) => deliverInterval(server, pneId, options),
    keys,
    publish: (pneId, publish, value) => server.deliver(pneId, { publish, value }),
    attachPne: gateway.attachPne,
    async close(): Promise<void> {
      gateway.close();
      await gatewayListener.close();
      await lineListener.close();
      await server.close();
    },
  };
}

/** Keys are new in every run. */
async function provisionMembers({ pneIds, joining }: NetworkOptions): Promise<Members> {
  const provider = withRecords(createNodeProvider());
  const create = (subject: string, kid: number) => newIdentity(provider, subject, Uint8Array.of(kid));
  const server = create('server', 1);
  const provisioned = pneIds.filter((pneId) => pneId !== joining?.pneId);
  return {
    provider,
    gateway: create('gateway', 0),
    server,
    pnes: provisioned.map((pneId, index) => create(pneId, 2 + index)),
    joining: joining && (await inviteJoining(provider, server.credential, joining)),
  };
}

function provisioningOf(members: Members, pneId: string, gatewayPort: number): Provisioning | Invited {
  const place = { pneId, gatewayAddress: '127.0.0.1', gatewayPort };
  const own = members.pnes.find(({ credential }) => credential.subject === pneId);
  if (own === undefined) return { ...place, secret: members.joining!.secret };
  return {
    ...place,
    privateKey: own.privateKeyBytes,
    ownCcs: own.credential.cred,
    gatewayCcs: members.gateway.credential.cred,
    serverCcs: members.server.credential.cred,
  };
}

function createKeys({ onHolder }: NetworkOptions, { provider, pnes }: Members): ServerKeys {
  const root = new Uint8Array(ROOT_KEY_BYTES);
  provider.fillRandom(root);
  return createServerKeys({
    provider,
    root: provider.secret(root),
    store: createMemoryKeyStore(),
    credentialOf: (pneId) => pnes.find(({ credential }) => credential.subject === pneId)?.credential,
    permits: (_pneId, request) => request === 'leave',
    onGroup(): void {},
    onHolder,
  });
}

async function startServer(
  options: NetworkOptions,
  { provider, server, gateway, pnes, joining }: Members,
  keys: ServerKeys,
): Promise<CpnsServer> {
  const { algorithm } = options;
  const started = await startCpnsServer({
    provider,
    identity: server,
    peers: joining === undefined ? credentialsOf(pnes) : joining.beside(credentialsOf(pnes)),
    ...(joining !== undefined && {
      invitations: joining.invitations,
      onJoined: () => options.joining?.onJoined(),
    }),
    gateways: credentialsOf([gateway]),
    ...(algorithm !== undefined && { algorithms: [algorithm] }),
    port: 0,
    store: createMemoryStore(),
    grants: lastingMembership(options.pneIds),
    pn: DEFAULT_PN,
    keys,
    onAgreed: options.onAgreed,
    onRegistered(): void {},
    onReading: options.onReading,
    /** The PNE restarted with it under way: it has no interval, whether it got this one or not. */
    onContentSettled(pneId, _ticket, outcome): void {
      if (outcome === 'unknown') deliverInterval(started, pneId, options);
    },
    onRefused: options.onRefused,
    onGatewayRefused: (reason) => options.onRefused(reason, undefined),
  });
  for (const pneId of options.pneIds) deliverInterval(started, pneId, options);
  return started;
}

function deliverInterval(server: CpnsServer, pneId: string, { intervalMs }: NetworkOptions): void {
  server.deliver(pneId, { interval: intervalMs });
}

/** Resolves once it has its first link to the server; later ones come by themselves. */
function startGateway(options: NetworkOptions, members: Members, server: string): Promise<PnGateway> {
  const provisioned = credentialsOf(members.pnes);
  const admitted: Credential[] = [];
  return new Promise((resolve) => {
    const gateway = startPnGateway({
      provider: members.provider,
      identity: members.gateway,
      peers: {
        candidates: (idCred) => [
          ...provisioned.candidates(idCred),
          ...createCredentialStore(admitted).candidates(idCred),
        ],
      },
      server,
      serverCredential: members.server.credential,
      // The server tells of CPNS-2.
      onAgreed: (agreement) => agreement.name !== 'CPNS-2' && options.onAgreed(agreement),
      grants: lastingMembership(options.pneIds),
      pn: DEFAULT_PN,
      onRefused: options.onRefused,
      onServerUnreachable(): void {},
      onServerRefused: (reason) => options.onRefused(reason, undefined),
      // Nobody is withdrawn in a run, and nothing revoked.
      withdraw: async () => undefined,
      async admit(_pneId, ccs): Promise<void> {
        admitted.splice(0, admitted.length, ccsCredential(ccs));
      },
      revoke: async () => undefined,
      onServerLink(isThere): void {
        options.onServerLink?.(isThere);
        resolve(gateway);
      },
    });
  });
}

function credentialsOf(identities: readonly Identity[]) {
  return createCredentialStore(identities.map(({ credential }) => credential));
}
