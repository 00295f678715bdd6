// SPDX-License-Identifier: Apache-2.0

/**
 * A network of three roles in this process, of which an attack's control leaves a protection out: by what its members
 * have, accept, know or have lost, never by other code.
 */
import type { ShownGrants } from '../../../src/authorization/authority.ts';
import { DEFAULT_PN, lastingMembership } from '../../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../../src/crypto/provider.ts';
import { PLAIN_STREAM } from '../../../src/link/attestation.ts';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { RoleName } from '../../../src/negotiation/policies.ts';
import { createNodeProvider } from '../../../src/node/crypto/provider.ts';
import { type NewIdentity, newIdentity } from '../../../src/node/identity.ts';
import { after } from '../../../src/node/timer.ts';
import type { ReasonName } from '../../../src/refusal.ts';
import { createGateway, type Gateway } from '../../../src/roles/gateway.ts';
import { type InterfaceOptions, staticDhInterface } from '../../../src/roles/interface.ts';
import { createServer, type Server } from '../../../src/roles/server.ts';
import { createMemoryStore } from '../../../src/roles/server-store.ts';
import { Probe, type ProbeOptions } from './probe.ts';
import { LinkTap, type Watcher } from './tap.ts';
import { until } from './until.ts';

export const PATIENCE_MS = 5000;

export interface Identities {
  readonly provider: CryptoProvider;
  readonly pne: NewIdentity;
  /** Whom gateway and server know as well. */
  readonly other: NewIdentity;
  readonly gateway: NewIdentity;
  readonly server: NewIdentity;
}

export interface SmallNetworkOptions {
  readonly identities?: Identities;
  /** What gateway and server bring to an interface. */
  change?(own: InterfaceOptions, role: RoleName): InterfaceOptions;
  /** What the gateway decides by. */
  readonly grants?: ShownGrants;
}

export class SmallNetwork {
  readonly identities: Identities;
  /** Within the gateway: the routes that it passes on. */
  readonly relay = new LinkTap();
  readonly gateway: Gateway;
  /** Values that the server was given. */
  readonly received: unknown[] = [];
  readonly refusals: ReasonName[] = [];
  private readonly options: SmallNetworkOptions;
  private leave: () => void = () => undefined;

  constructor(options: SmallNetworkOptions = {}) {
    this.options = options;
    this.identities = options.identities ?? createIdentities();
    this.gateway = this.createGateway();
    this.replaceServer();
  }

  /** A server that knows nothing of what the former one stored. */
  replaceServer(): void {
    this.leave();
    const server = this.createServer();
    this.leave = joinLinks(
      (link) => this.relay.between(link, (tapped) => this.gateway.attachServer(tapped)),
      (link) => server.attachGateway(link),
    );
  }

  /** Connects a PNE to the gateway: the network's own, unless told otherwise. Somebody may be on its link. */
  connect(options: Partial<ProbeOptions> = {}, watcher?: Watcher): Probe {
    const { provider, pne, gateway, server } = this.identities;
    const probe = new Probe({
      ...{ provider, identity: pne, gateway: gateway.credential, server: server.credential },
      ...options,
    });
    if (watcher !== undefined) probe.tap.watch(watcher);
    joinLinks(
      (link) => probe.attach(link),
      (link) => this.gateway.attachPne(link),
    );
    return probe;
  }

  /** Resolves once the server has that value so often. */
  arrival(value: unknown, times = 1): Promise<void> {
    const count = () => this.received.filter((each) => each === value).length;
    return until(() => count() >= times, PATIENCE_MS, `no ${String(value)} at the server`);
  }

  close(): void {
    this.leave();
  }

  private createGateway(): Gateway {
    const { provider, gateway } = this.identities;
    const own = staticDhInterface('gateway', 'CPNS-1', provider, gateway, this.credentials());
    return createGateway({
      hop: this.options.change?.(own, 'gateway') ?? own,
      after,
      grants: this.options.grants ?? lastingMembership(this.names()),
      pn: DEFAULT_PN,
      onAgreed(): void {},
      onRefused: (reason) => this.refusals.push(reason),
    });
  }

  private createServer(): Server {
    const { provider, server } = this.identities;
    const own = staticDhInterface('server', 'CPNS-3', provider, server, this.credentials());
    return createServer({
      endToEnd: this.options.change?.(own, 'server') ?? own,
      after,
      store: createMemoryStore(),
      grants: lastingMembership(this.names()),
      pn: DEFAULT_PN,
      onAgreed(): void {},
      onRegistered(): void {},
      onReading: (_pneId, { value }) => this.received.push(value),
      onContentSettled(): void {},
      onRefused: (reason) => this.refusals.push(reason),
    });
  }

  private credentials() {
    return [this.identities.pne.credential, this.identities.other.credential];
  }

  private names(): string[] {
    return this.credentials().map(({ subject }) => subject!);
  }
}

export function createIdentities(): Identities {
  const provider = createNodeProvider();
  const named = (subject: string) => newIdentity(provider, subject);
  return {
    provider,
    pne: named('pne'),
    other: named('other'),
    gateway: named('gateway'),
    server: named('server'),
  };
}

/** Joins two ends by a link in memory, on which messages arrive later. Returns what ends it. */
export function joinLinks(first: (link: Link) => LinkEvents, second: (link: Link) => LinkEvents): () => void {
  let isOpen = true;
  const ends: LinkEvents[] = [];
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    setImmediate(() => {
      for (const end of ends) end.onClosed();
    });
  };
  const linkTo = (peer: number): Link => ({
    send(message): void {
      const sent = message.slice();
      setImmediate(() => isOpen && ends[peer]?.onMessage(sent));
    },
    attestation: () => PLAIN_STREAM,
    close,
  });
  ends[1] = second(linkTo(0));
  ends[0] = first(linkTo(1));
  return close;
}
