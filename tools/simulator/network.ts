// SPDX-License-Identifier: Apache-2.0

/** The CPNS Server and the PN GW, joined by a real WebSocket and by CPNS-2 on it, with PNEs provisioned for them. */
import type { Authority } from '../../src/authorization/authority.ts';
import { DEFAULT_PN, lastingMembership, membership } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';

import {
  type Credential,
  ccsCredential,
  createCredentialStore,
  type Identity,
} from '../../src/handshake/credential.ts';

import { ROOT_KEY_BYTES } from '../../src/keys/hierarchy.ts';

import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { InterfaceName } from '../../src/negotiation/policies.ts';
import { type CpnsServer, startCpnsServer } from '../../src/node/cpns-server.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type NewIdentity, newIdentity } from '../../src/node/identity.ts';
import {
  createPnGateway,
  joinServer,
  type PnGateway,
  type PnGatewayOptions,
} from '../../src/node/pn-gateway.ts';
import { listenTcp } from '../../src/node/tcp.ts';
import type { ReasonName } from '../../src/refusal.ts';
import type { Gateway } from '../../src/roles/gateway.ts';
import type { Agreement } from '../../src/roles/interface.ts';

import { createServerKeys } from '../../src/roles/key-master.ts';
import { createMemoryKeyStore } from '../../src/roles/key-store.ts';
import type { Invited, Provisioning } from '../../src/roles/provisioning.ts';
import type { ServerKeys } from '../../src/roles/server-keys.ts';

import { createMemoryStore, type Reading } from '../../src/roles/server-store.ts';
import { withRecords } from '../../src/session/records.ts';
import { listenRelay } from './attacks/relay.ts';
import type { Taps } from './attacks/target.ts';
import { inviteJoining, type Joining, type JoiningPne } from './joining-pne.ts';
import { listenLines } from './serial-lines.ts';
import { gatewayAuthority, type Issuing } from './shown-grants.ts';

export interface NetworkOptions {
  readonly pneIds: readonly string[];
  /** The one of them that is not provisioned, and joins by a code. */
  readonly joining?: Joining;
  /** COSE algorithm that the server's records use; undefined leaves the choice to the negotiation. */
  readonly algorithm: number | undefined;
  readonly intervalMs: number;
  onAgreed(agreement: Agreement): void;
  onReading(pneId: string, reading: Reading): void;
  /** `at`: the interface whose message it was. */
  onRefused(reason: ReasonName, pneId: string | undefined, at: InterfaceName): void;
  /** The gateway's link to the server is there, or away: without it a PNE's link is closed at once. */
  onServerLink?(isThere: boolean): void;
  /** A member of a group is known to have its present key. */
  onHolder(): void;
  /** Where attackers sit, if there are to be any. */
  readonly taps?: Taps;
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
  /** TCP port of the gateway. */
  readonly gatewayPort: number;
  readonly members: Members;
  close(): Promise<void>;
}

/** Everybody who is provisioned for everybody else. */
export interface Members {
  readonly provider: CryptoProvider;
  readonly joining: JoiningPne | undefined;
  readonly pnes: readonly NewIdentity[];
  readonly gateway: NewIdentity;
  readonly server: NewIdentity;
  /** A device that the gateway knows and that nobody has granted anything, where there are attackers. */
  readonly visitor: NewIdentity | undefined;
  /** What grants take that are shown to the gateway. */
  readonly issuing: Issuing;
}

export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const members = await provisionMembers(options);
  const keys = createKeys(options, members);
  const server = await startServer(options, members, keys);
  const url = `ws://127.0.0.1:${server.port}`;
  const wire = options.taps && (await listenRelay(url, options.taps.wire));
  const gateway = await startGateway(options, members, wire ? `ws://127.0.0.1:${wire.port}` : url);
  const gatewayListener = await listenTcp(0, gateway.attachPne);
  const lineListener = await listenLines(gateway.attachPne);
  return {
    provisioning: options.pneIds.map((pneId) => provisioningOf(members, pneId, gatewayListener.port)),
    linePort: lineListener.port,
    deliverInterval: (pneId) => deliverInterval(server, pneId, options),
    keys,
    publish: (pneId, publish, value) => server.deliver(pneId, { publish, value }),
    attachPne: gateway.attachPne,
    gatewayPort: gatewayListener.port,
    members,
    async close(): Promise<void> {
      gateway.close();
      await wire?.close();
      await gatewayListener.close();
      await lineListener.close();
      await server.close();
    },
  };
}

/** Keys are new in every run. */
async function provisionMembers({ pneIds, joining, taps }: NetworkOptions): Promise<Members> {
  const provider = withRecords(createNodeProvider());
  const create = (subject: string, kid?: number) =>
    newIdentity(provider, subject, kid === undefined ? undefined : Uint8Array.of(kid));
  const [gateway, server] = [create('gateway', 0), create('server', 1)];
  const provisioned = pneIds.filter((pneId) => pneId !== joining?.pneId);
  const pnes = provisioned.map((pneId, index) => create(pneId, 2 + index));
  const visitor = taps && create('visitor');
  const known = credentialsOf(visitor === undefined ? pnes : [...pnes, visitor]);
  return {
    ...{ provider, gateway, server, pnes, visitor },
    joining: joining && (await inviteJoining(provider, server.credential, joining)),
    issuing: { provider, gateway, server, known },
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
    onRefused: (reason, pneId) => options.onRefused(reason, pneId, 'CPNS-3'),
    onGatewayRefused: (reason) => options.onRefused(reason, undefined, 'CPNS-2'),
  });
  for (const pneId of options.pneIds) deliverInterval(started, pneId, options);
  return started;
}

function deliverInterval(server: CpnsServer, pneId: string, { intervalMs }: NetworkOptions): void {
  server.deliver(pneId, { interval: intervalMs });
}

/** Resolves once it has its first link to the server; later ones come by themselves. */
function startGateway(options: NetworkOptions, members: Members, server: string): Promise<PnGateway> {
  return new Promise((resolve) => {
    const own: PnGatewayOptions = {
      ...gatewayOptions(options, members),
      server,
      onServerLink(isThere): void {
        options.onServerLink?.(isThere);
        resolve(gateway);
      },
    };
    const role = createPnGateway(own);
    const gateway = joinServer(own, options.taps === undefined ? role : tapped(role, options.taps));
  });
}

/** Somebody has this gateway in hand: sees and changes the routes that it passes on. */
function tapped(role: Gateway, { relay }: Taps): Gateway {
  return { ...role, attachServer: (link) => relay.between(link, role.attachServer) };
}

function gatewayOptions(
  options: NetworkOptions,
  members: Members,
): Omit<PnGatewayOptions, 'server' | 'onServerLink'> {
  const { known } = members.issuing;
  const admitted: Credential[] = [];
  return {
    provider: members.provider,
    identity: members.gateway,
    peers: {
      candidates: (idCred) => [
        ...known.candidates(idCred),
        ...createCredentialStore(admitted).candidates(idCred),
      ],
    },
    serverCredential: members.server.credential,
    // The server tells of CPNS-2.
    onAgreed: (agreement) => agreement.name !== 'CPNS-2' && options.onAgreed(agreement),
    grants: heldAndShown(members.issuing, options.pneIds),
    pn: DEFAULT_PN,
    onRefused: (reason, pneId) => options.onRefused(reason, pneId, 'CPNS-1'),
    onServerUnreachable(): void {},
    onServerRefused: (reason) => options.onRefused(reason, undefined, 'CPNS-2'),
    // Nobody is withdrawn in a run, and nothing revoked.
    withdraw: async () => undefined,
    async admit(_pneId, ccs): Promise<void> {
      admitted.splice(0, admitted.length, ccsCredential(ccs));
    },
    revoke: async () => undefined,
  };
}

/** What the gateway holds of these PNEs lasts; of others it takes what they show. */
function heldAndShown(issuing: Issuing, pneIds: readonly string[]): Authority {
  const authority = gatewayAuthority(issuing, () => Math.floor(Date.now() / 1000));
  for (const pneId of pneIds) authority.hold(pneId, membership(DEFAULT_PN, 0, Number.MAX_SAFE_INTEGER));
  return authority;
}

function credentialsOf(identities: readonly Identity[]) {
  return createCredentialStore(identities.map(({ credential }) => credential));
}
