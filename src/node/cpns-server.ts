// SPDX-License-Identifier: Apache-2.0

/** A CPNS Server at a port: CPNS-2 and CPNS-5 by WebSocket, secured between it and each gateway and external entity. */
import type { Server as NetServer } from 'node:net';
import { toHex } from '../bytes/hex.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Credential, CredentialStore, Identity } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Link } from '../link/link.ts';
import { createCborXPayloads } from '../payload/codec.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { createEntityLinks, type EntityLinks, type EntityLinksOptions } from '../roles/entity-links.ts';
import { ControlKind, type Revoked, type Statement, topicOf } from '../roles/gateway-control.ts';
import { createGatewayLinks, type GatewayLinks, type GatewayLinksOptions } from '../roles/gateway-links.ts';
import type { GatewayServices } from '../roles/gateway-services.ts';
import { deliverToAll } from '../roles/group-delivery.ts';
import { staticDhInterface } from '../roles/interface.ts';
import type { Invitations } from '../roles/onboarding-acceptance.ts';
import type { ResumptionKeys } from '../roles/resumption.ts';
import { ResumptionTable } from '../roles/resumption-keys.ts';
import { createServer, type Server, type ServerOptions } from '../roles/server.ts';
import type { IpsecWitness } from './ipsec/witness.ts';
import type { Listener } from './tcp.ts';
import { after } from './timer.ts';
import type { TlsCredentials } from './tls.ts';
import type { ServerUsers } from './user-registry.ts';
import { ENTITY_PATH, listenWebSocket } from './websocket.ts';

export interface CpnsServerOptions extends Omit<ServerOptions, 'endToEnd' | 'after' | 'onSeats' | 'onPnKey'> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  /** PNEs. */
  readonly peers: CredentialStore;
  readonly gateways: CredentialStore;
  /** COSE algorithms that its records of CPNS-3 may use, if not all that the provider carries. */
  readonly algorithms?: readonly number[];
  /** 0 picks a port; or a socket that listens already. */
  readonly port: number | NetServer;
  /** Loopback, unless given. */
  readonly host?: string;
  /** Listens by TLS with it, to which CPNS-2 is left then. */
  readonly tls?: TlsCredentials;
  /** Says how IPsec protects a gateway's connection, to which CPNS-2 is left then: without that none is taken. */
  readonly ipsec?: IpsecWitness;
  /** Keys to resume with, where they shall outlast the process. */
  readonly resumptions?: ResumptionKeys;
  /** External entities, where it has any. */
  readonly entities?: ServedEntities;
  /** Takes what gateways ask for: the desk that `keys` have. */
  readonly services?: GatewayServices;
  /** Users of PNEs, where it knows any. */
  readonly users?: ServerUsers;
  /** Codes by which PNEs may join. */
  readonly invitations?: Invitations;
  onJoined?(pneId: string): void;
  /** A message of CPNS-2 was refused; the gateway's name is known where its link is secured. */
  onGatewayRefused(reason: ReasonName, gateway: string | undefined): void;
}

export interface ServedEntities extends Pick<EntityLinksOptions, 'grants' | 'store'> {
  readonly credentials: CredentialStore;
  permissionsOf(entity: string, pneId: string): number;
  devicesFor(entity: string): readonly string[];
  ask(entity: string, pneId: string): void;
  mayPublish(entity: string, group: number): boolean;
  /** The members of a service group, where there is one. */
  membersOf(group: number): readonly string[] | undefined;
  /** Services of the groups of a PNE that an entity may ask for; undefined: there is no such PNE. Refuses `notAuthorized`. */
  servicesFor(entity: string, pneId: string): readonly string[] | undefined;
  onRefused(reason: ReasonName, entity: string | undefined): void;
}

export interface CpnsServer extends Pick<Server, 'deliver' | 'expel' | 'readmit' | 'askOwners'>, Listener {
  /** Closes the link of a gateway, whose credential is withdrawn. */
  expelGateway(gateway: string): void;
  /** Whether a gateway of this name is there, and has proved itself. */
  hasGateway(gateway: string): boolean;
  /** Links of external entities, where it serves any. */
  readonly entities: EntityLinks | undefined;
  /** The PNEs of these names, and no others, are withdrawn: every gateway is told, until it has done it. */
  setWithdrawn(pneIds: readonly string[]): void;
  /** These PNEs, and no others, have joined by a code: every gateway is told, until it lets them in. */
  setAdmitted(pnes: readonly Credential[]): void;
  /** These PNEs, and no others, are to be at the gateways of these names alone: every gateway is told. */
  setPlaces(places: ReadonlyMap<string, readonly string[]>): void;
  /** So much is revoked: every gateway is told, until it has done it. */
  setRevoked(revocations: readonly Omit<Revoked, 'kind'>[]): void;
}

export async function startCpnsServer(options: CpnsServerOptions): Promise<CpnsServer> {
  const { provider, identity, peers, algorithms } = options;
  const { serverMaxResumptions } = ImplementationLimits;
  const { resumptions = new ResumptionTable({ maxPeers: serverMaxResumptions }) } = options;
  const endToEnd = { ...staticDhInterface('server', 'CPNS-3', provider, identity, []), peers, resumptions };
  const { invitations, onJoined } = options;
  const server = createServer({
    ...options,
    ...(invitations !== undefined && {
      onboarding: {
        invitations,
        onJoined(credential): void {
          links.state(admissionOf(credential));
          onJoined?.(credential.subject!);
        },
      },
    }),
    onSeats: (gateway, pneId, seats) => links.stateTo(gateway, { kind: ControlKind.seats, pneId, seats }),
    onPnKey: (gateway, reference, epoch, wrap) =>
      links.stateTo(gateway, { kind: ControlKind.pnKey, reference, epoch, wrap }),
    endToEnd: algorithms === undefined ? endToEnd : { ...endToEnd, algorithms },
    after,
    onContentSettled(pneId, ticket, outcome): void {
      entities?.settle(pneId, ticket, outcome);
      options.onContentSettled(pneId, ticket, outcome);
    },
  });
  const entities = options.entities && serveEntities(options, options.entities, server);
  const links: GatewayLinks = createGatewayLinks({
    own: { ...staticDhInterface('server', 'CPNS-2', provider, identity, []), peers: options.gateways },
    after,
    onSecured: server.attachGateway,
    onAgreed: options.onAgreed,
    ...(options.users !== undefined && { onRegistration: registering(options.users) }),
    onRefused: options.onGatewayRefused,
    ...(options.services !== undefined && { services: options.services }),
  });
  const [withdrawn, admitted] = [stating(links), stating(links)];
  const entitiesAt = (path: string) => (path === ENTITY_PATH ? entities : undefined);
  const attach = (link: Link, path: string) => (entitiesAt(path) ?? links).attach(link);
  const listener = await listenWebSocket(options.port, attach, after, options.host, {
    tls: options.tls,
    witnessOf: (path) => (entitiesAt(path) === undefined ? options.ipsec : undefined),
    onUnattested(error): void {
      options.onGatewayRefused(error instanceof Refusal ? error.reasonName : 'linkClosed', undefined);
    },
  });
  return {
    ...listener,
    entities,
    deliver: server.deliver,
    expel: server.expel,
    readmit: server.readmit,
    askOwners: server.askOwners,
    expelGateway: links.expel,
    hasGateway: links.has,
    setWithdrawn: (pneIds) => withdrawn(pneIds.map((pneId) => ({ kind: ControlKind.withdrawn, pneId }))),
    setAdmitted: (pnes) => admitted(pnes.map(admissionOf)),
    setPlaces: placing(links),
    setRevoked: revocations(links),
  };
}

function serveEntities(
  { provider, identity, onAgreed }: CpnsServerOptions,
  { credentials, grants, store, onRefused, membersOf, servicesFor, ...entities }: ServedEntities,
  { deliver, outlook }: Server,
): EntityLinks {
  const payloads = createCborXPayloads();
  return createEntityLinks({
    ...{ grants, store, onRefused },
    own: { ...staticDhInterface('server', 'CPNS-5', provider, identity, []), peers: credentials },
    after,
    host: {
      ...entities,
      deliver: (pneId, payload, taken) => deliver(pneId, payloads.decode(payload), taken),
      publish(group, payload, done): void {
        const value = payloads.decode(payload);
        deliverToAll(
          membersOf(group) ?? refuse('groupUnknown'),
          (...of) => deliver(of[0], value, of[1]),
          done,
        );
      },
      capabilitiesOf(entity, pneId) {
        const services = servicesFor(entity, pneId);
        return services && { ...outlook(pneId), services };
      },
    },
    onAgreed,
  });
}

function registering(users: ServerUsers): NonNullable<GatewayLinksOptions['onRegistration']> {
  return (gateway, registration, answer) => void users.register(gateway, registration).then(answer);
}

function revocations(links: GatewayLinks): CpnsServer['setRevoked'] {
  const minimums = new Map<string, number>();
  return (revoked) => {
    for (const { kid, minimum } of revoked) {
      const name = toHex(kid);
      if (minimum <= (minimums.get(name) ?? 0)) continue;
      minimums.set(name, minimum);
      links.state({ kind: ControlKind.revoked, kid, minimum });
    }
  };
}

/** One that may be anywhere again is told of too: gateways forget it then. */
function placing(links: GatewayLinks): CpnsServer['setPlaces'] {
  let known: ReadonlyMap<string, readonly string[]> = new Map();
  return (places) => {
    const former = known;
    known = places;
    const state = (pneId: string, gateways: readonly string[]) =>
      links.state({ kind: ControlKind.placed, pneId, gateways });
    for (const pneId of former.keys()) if (!places.has(pneId)) state(pneId, []);
    for (const [pneId, gateways] of places)
      if (former.get(pneId)?.join('\0') !== gateways.join('\0')) state(pneId, gateways);
  };
}

function admissionOf({ subject, cred }: Credential): Statement {
  return { kind: ControlKind.admitted, pneId: subject!, credential: cred };
}

/** Keeps all statements of one kind as they are said to be. */
function stating(links: GatewayLinks): (statements: readonly Statement[]) => void {
  let known: ReadonlyMap<string, Statement> = new Map();
  return (statements) => {
    const former = known;
    known = new Map(statements.map((statement) => [topicOf(statement), statement]));
    for (const [topic, statement] of former) if (!known.has(topic)) links.retract(statement);
    for (const [topic, statement] of known) if (!former.has(topic)) links.state(statement);
  };
}
