// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: one PNE, a gateway and a server joined by links in memory, with a tap on CPNS-1 (an attacker on
 * the air) and one on CPNS-2 (what a hostile gateway can do to CPNS-3) where a test may alter, drop, repeat
 * or reorder what passes. Messages move only when `settle` is called, time only with `fireTimers`.
 */
import type { Shown } from '../authorization/authority.ts';
import { DEFAULT_PN } from '../authorization/membership.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import { type Attestation, PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import type { RoleName } from '../negotiation/policies.ts';
import { compactPayloads } from '../payload/compact.ts';
import type { ReasonName } from '../refusal.ts';
import type { OwnerConsents } from './consent-desk.ts';
import { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
import { createTestGrants, type TestGrants } from './grants.testing.ts';
import { IDENTITIES, PNE_ID, PROVIDER, type TestIdentities } from './identities.testing.ts';
import { type Agreement, type InterfaceOptions, staticDhInterface } from './interface.ts';
import type { PeerRecord } from './peer-record.ts';
import { createPne, type Pne } from './pne.ts';
import type { PneKeys } from './pne-keys.ts';
import type { Outcome } from './pne-readings.ts';
import { createServer, type Server } from './server.ts';
import type { ContentOutcome } from './server-peer.ts';
import type { Reading } from './server-store.ts';

/** Returns what shall pass in place of `message`. */
export type Tap<End extends RoleName> = (message: Uint8Array, towards: End) => readonly Uint8Array[];

export interface TestNetwork {
  readonly pne: Pne;
  readonly gateway: Gateway;
  readonly server: Server;
  readonly received: Reading[];
  readonly contents: unknown[];
  readonly receipts: { readonly handle: number; readonly outcome: Outcome }[];
  /** What became of contents, by ticket. */
  readonly settled: { readonly ticket: number; readonly outcome: ContentOutcome }[];
  /** What the PNE has in its store, and whether it takes more. */
  readonly boots: { epoch: number | undefined; isFull: boolean };
  /** What the server has in its store, by PNE, and whether it takes more. */
  readonly stored: { readonly records: Map<string, PeerRecord>; isFull: boolean };
  readonly grants: TestGrants;
  readonly refusals: { readonly at: RoleName; readonly reason: ReasonName }[];
  /** Whom gateway and server named in refusals. */
  readonly named: string[];
  readonly agreements: { readonly at: RoleName; readonly agreement: Agreement }[];
  /** Whether CPNS-1 is up. An end that closes it takes it down. */
  readonly isUp: boolean;
  /** The gateway's number for the PNE's present link. */
  readonly flow: number;
  /** What passes on CPNS-1; replaceable by the test. */
  tap: Tap<'gateway' | 'pne'>;
  /** What passes on CPNS-2; replaceable by the test. */
  relay: Tap<'server' | 'gateway'>;
  linkUp(): void;
  linkDown(): void;
  /** Starts a role anew: only its identity and what it stored are left. */
  restart(role: RoleName): void;
  /** Starts the server anew at the end of the link that the gateway has. */
  restartServerAlone(): void;
  /** Joins gateway and server by another link, the former one being gone. */
  replaceServerLink(): void;
  loseServerLink(): void;
  /** Delivers all messages that are under way and what they cause. */
  settle(): void;
  /** Lets running timers fire: by default all but those that end what is half open. */
  fireTimers(isDue?: (milliseconds: number) => boolean): void;
  /** Puts a message on CPNS-1 as an attacker on the air could. */
  inject(message: Uint8Array, towards: 'gateway' | 'pne'): void;
  /** Puts a message on CPNS-2 as a hostile gateway could, or a hostile server. */
  injectRelay(message: Uint8Array, towards: 'server' | 'gateway'): void;
}

export interface TestNetworkOptions {
  /** COSE algorithms that the server's records may use. */
  readonly algorithms?: readonly number[];
  /** Changes what an entity brings to an interface. */
  readonly change?: (options: InterfaceOptions, role: RoleName) => InterfaceOptions;
  /** What the two ends of CPNS-1 and the server's of CPNS-2 say of their link, where it is no plain stream. */
  readonly attestations?: Partial<Readonly<Record<RoleName, Attestation>>>;
  /** Of all three. Unless it is noble's, which `IDENTITIES` belong to, they come with it. */
  readonly provider?: CryptoProvider;
  readonly identities?: TestIdentities;
  /** How the gateway believes grants that are shown to it, and holds none before. */
  readonly shown?: Shown;
  readonly gateway?: Pick<GatewayOptions, 'maxPnes' | 'queue'>;
  /** Keys of the PNE, or what is bound as such, made anew with each of its starts. */
  readonly keys?: () => PneKeys;
  readonly consents?: OwnerConsents;
}

interface Timer {
  readonly owner: RoleName;
  readonly milliseconds: number;
  readonly callback: () => void;
}

/** One link of CPNS-1 while it is up. */
interface Connection {
  readonly pne: LinkEvents;
  readonly gateway: LinkEvents;
}

export function createTestNetwork(options: TestNetworkOptions = {}): TestNetwork {
  const { change = (own) => own, provider = PROVIDER, identities = IDENTITIES } = options;
  const queue: (() => void)[] = [];
  const timers = new Set<Timer>();
  const pnes = [identities.pne.credential, identities.otherPne.credential];
  let links = 0;
  let connection: Connection | undefined;
  let gatewayEvents: LinkEvents;
  let serverEvents: LinkEvents;
  let pne: Pne;
  let gateway: Gateway;
  let server: Server;

  const network: TestNetwork = {
    received: [],
    contents: [],
    receipts: [],
    settled: [],
    boots: { epoch: undefined, isFull: false },
    stored: { records: new Map(), isFull: false },
    grants: createTestGrants(pnes, options.shown),
    refusals: [],
    named: [],
    agreements: [],
    tap: (message) => [message],
    relay: (message) => [message],
    get pne() {
      return pne;
    },
    get gateway() {
      return gateway;
    },
    get server() {
      return server;
    },
    get isUp() {
      return connection !== undefined;
    },
    get flow() {
      return links - 1;
    },
    linkUp,
    linkDown(): void {
      const down = connection;
      connection = undefined;
      down?.pne.onClosed();
      down?.gateway.onClosed();
    },
    restart(role: RoleName): void {
      for (const timer of timers) if (timer.owner === role) timers.delete(timer);
      network.linkDown();
      if (role === 'pne') pne = startPne();
      if (role === 'gateway') gateway = startGateway();
      if (role === 'server') server = startServer();
      if (role === 'gateway') links = 0;
      if (role !== 'pne') joinGatewayAndServer();
    },
    restartServerAlone(): void {
      for (const timer of timers) if (timer.owner === 'server') timers.delete(timer);
      server = startServer();
      serverEvents = server.attachGateway(relayEnd('gateway'));
    },
    replaceServerLink: joinGatewayAndServer,
    loseServerLink(): void {
      gatewayEvents.onClosed();
      serverEvents.onClosed();
    },
    settle(): void {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
    },
    fireTimers(isDue = (milliseconds) => milliseconds < ImplementationLimits.hopSecuringMs): void {
      const due = [...timers].filter(({ milliseconds }) => isDue(milliseconds));
      for (const timer of due) if (timers.delete(timer)) timer.callback();
    },
    inject(message: Uint8Array, towards: 'gateway' | 'pne'): void {
      connection?.[towards].onMessage(message);
    },
    injectRelay(message: Uint8Array, towards: 'server' | 'gateway'): void {
      (towards === 'server' ? serverEvents : gatewayEvents).onMessage(message);
    },
  };
  pne = startPne();
  gateway = startGateway();
  server = startServer();
  joinGatewayAndServer();
  return network;

  function startPne(): Pne {
    return createPne({
      pneId: PNE_ID,
      hop: change(
        staticDhInterface('pne', 'CPNS-1', provider, identities.pne, [identities.gateway.credential]),
        'pne',
      ),
      endToEnd: change(
        staticDhInterface('pne', 'CPNS-3', provider, identities.pne, [identities.server.credential]),
        'pne',
      ),
      after: timersOf('pne'),
      payloads: compactPayloads,
      boots: {
        epoch: network.boots.epoch,
        write(epoch): void {
          if (network.boots.isFull) throw new Error('the store is full');
          network.boots.epoch = epoch;
        },
      },
      ...(options.keys !== undefined && { keys: options.keys() }),
      onAgreed: (agreement) => network.agreements.push({ at: 'pne', agreement }),
      onContent: (value) => network.contents.push(value),
      onReceipt: (handle, outcome) => network.receipts.push({ handle, outcome }),
      onRefused: (reason) => network.refusals.push({ at: 'pne', reason }),
    });
  }

  function startGateway(): Gateway {
    return createGateway({
      ...options.gateway,
      hop: change(staticDhInterface('gateway', 'CPNS-1', provider, identities.gateway, pnes), 'gateway'),
      after: timersOf('gateway'),
      grants: network.grants.gateway,
      pn: DEFAULT_PN,
      onAgreed: (agreement) => network.agreements.push({ at: 'gateway', agreement }),
      onRefused: (reason, pneId) => refused('gateway', reason, pneId),
    });
  }

  function startServer(): Server {
    const own = staticDhInterface('server', 'CPNS-3', provider, identities.server, pnes);
    const { algorithms } = options;
    return createServer({
      endToEnd: change(algorithms === undefined ? own : { ...own, algorithms }, 'server'),
      after: timersOf('server'),
      grants: network.grants.server,
      pn: DEFAULT_PN,
      store: {
        load: (pneId, done) => done(network.stored.records.get(pneId)),
        commit(pneId, record, _readings, done): void {
          if (!network.stored.isFull) network.stored.records.set(pneId, record);
          done(!network.stored.isFull);
        },
      },
      ...(options.consents !== undefined && { consents: options.consents }),
      onAgreed: (agreement) => network.agreements.push({ at: 'server', agreement }),
      onRegistered(): void {},
      onReading: (_pneId, reading) => network.received.push(reading),
      onContentSettled: (_pneId, ticket, outcome) => network.settled.push({ ticket, outcome }),
      onRefused: (reason, pneId) => refused('server', reason, pneId),
    });
  }

  function refused(at: RoleName, reason: ReasonName, pneId: string | undefined): void {
    network.refusals.push({ at, reason });
    if (pneId !== undefined) network.named.push(pneId);
  }

  function timersOf(owner: RoleName): After {
    return (milliseconds, callback) => {
      const timer = { owner, milliseconds, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    };
  }

  function linkUp(): void {
    links += 1;
    const isCurrent = () => connection === up;
    const end = (role: 'gateway' | 'pne', towards: 'gateway' | 'pne'): Link => ({
      attestation: () => options.attestations?.[role] ?? PLAIN_STREAM,
      close: () => queue.push(() => (isCurrent() ? network.linkDown() : up.gateway.onClosed())),
      send(message): void {
        for (const passed of network.tap(message.slice(), towards)) {
          queue.push(() => isCurrent() && network.inject(passed, towards));
        }
      },
    });
    const gatewayEnd = gateway.attachPne(end('gateway', 'pne'));
    const up: Connection = { gateway: gatewayEnd, pne: pne.attach(end('pne', 'gateway')) };
    connection = up;
  }

  function joinGatewayAndServer(): void {
    gatewayEvents = gateway.attachServer(relayEnd('server'));
    serverEvents = server.attachGateway(relayEnd('gateway'));
  }

  function relayEnd(towards: 'gateway' | 'server'): Link {
    return {
      attestation: () => (towards === 'gateway' ? options.attestations?.server : undefined) ?? PLAIN_STREAM,
      close(): void {},
      send(message): void {
        for (const passed of network.relay(message.slice(), towards)) {
          queue.push(() => network.injectRelay(passed, towards));
        }
      },
    };
  }
}
