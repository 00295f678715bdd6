// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: a server and gateways that are joined by links in memory, of CPNS-2 alone: what a gateway relays is not
 * looked at. Messages move when `settle` is called, past a tap, and time when `clock` is moved.
 */
import * as assert from 'uvu/assert';
import type { Secret } from '../crypto/provider.ts';
import { type Attestation, PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { encodeRoute } from '../link/route.ts';
import { VirtualTime } from '../link/time.testing.ts';
import type { ReasonName } from '../refusal.ts';
import type { Revoked } from './gateway-control.ts';
import { createGatewayLinks, type GatewayLinks, type GatewayLinksOptions } from './gateway-links.ts';
import type { GatewayServices } from './gateway-services.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { type Agreement, type InterfaceOptions, staticDhInterface } from './interface.ts';
import type { GroupSeat } from './server-keys.ts';
import { type ServerLinkOptions, secureServerLink } from './server-link.ts';
import { WishAsking } from './wish-asking.ts';

const GATEWAY_OWN = staticDhInterface('gateway', 'CPNS-2', PROVIDER, IDENTITIES.gateway, [
  IDENTITIES.server.credential,
]);
const SERVER_OWN = staticDhInterface('server', 'CPNS-2', PROVIDER, IDENTITIES.server, [
  IDENTITIES.gateway.credential,
]);

export const ROUTE = encodeRoute(0, Uint8Array.of(4, 1, 2, 3));

export type Towards = 'server' | 'gateway';

/** One end of the routes of a link. */
export interface RouteEnd {
  /** The secured link, as long as it is. */
  link: Link | undefined;
  readonly received: Uint8Array[];
}

export interface TestGateway {
  readonly routes: RouteEnd;
  readonly agreements: Agreement[];
  readonly refusals: ReasonName[];
  /** What it asks for. */
  readonly wishes: WishAsking;
  /** PNEs that the server has withdrawn; `confirm` is called when the test does. */
  readonly admitted: { readonly pneId: string; readonly credential: Uint8Array; confirm(): void }[];
  readonly withdrawn: { readonly pneId: string; confirm(): void }[];
  readonly revoked: { readonly statement: Revoked; confirm(): void }[];
  /** What it was told of PNEs' seats. */
  readonly seated: (readonly [pneId: string, seats: readonly GroupSeat[]])[];
  /** Where PNEs are to be. */
  readonly placed: (readonly [pneId: string, gateways: readonly string[]])[];
  /** Keys of PNs that it was given. */
  readonly pnKeys: { readonly reference: number; readonly epoch: number; readonly key: Secret | undefined }[];
  readonly isOpen: boolean;
  close(): void;
  /** Puts a message on the link as an attacker could. */
  inject(message: Uint8Array, towards: Towards): void;
}

export interface Cpns2Options extends Pick<GatewayLinksOptions, 'onRegistration'> {
  readonly server?: Partial<InterfaceOptions>;
  readonly services?: GatewayServices;
}

export interface JoinOptions extends Pick<ServerLinkOptions, 'registrations'> {
  readonly own?: Partial<InterfaceOptions>;
  /** Of the gateway's former link. */
  readonly wishes?: WishAsking;
  readonly attestations?: { readonly gateway?: Attestation; readonly server?: Attestation };
  /** What is under way is heard before what is sent meanwhile leaves. */
  readonly hasTurns?: boolean;
}

export class Cpns2 {
  readonly clock = new VirtualTime();
  readonly links: GatewayLinks;
  readonly agreements: Agreement[] = [];
  readonly refusals: { readonly reason: ReasonName; readonly gateway: string | undefined }[] = [];
  /** The server's ends that were secured, by order. */
  readonly routes: RouteEnd[] = [];
  /** What shall pass in place of a message. */
  tap: (message: Uint8Array, towards: Towards) => readonly Uint8Array[] = (message) => [message];
  private readonly queue: (() => void)[] = [];

  constructor({ server, ...taking }: Cpns2Options = {}) {
    this.links = createGatewayLinks({
      ...taking,
      own: { ...SERVER_OWN, ...server },
      after: this.clock.after,
      onSecured: (link) => this.adopt(link),
      onAgreed: (agreement) => void this.agreements.push(agreement),
      onRefused: (reason, gateway) => void this.refusals.push({ reason, gateway }),
    });
  }

  settle(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
  }

  /** Joins a gateway to the server by a link of its own. */
  join({
    own,
    attestations = {},
    hasTurns = false,
    wishes = new WishAsking(),
    ...more
  }: JoinOptions = {}): TestGateway {
    const routes: RouteEnd = { link: undefined, received: [] };
    const agreements: Agreement[] = [];
    const refusals: ReasonName[] = [];
    const seated: TestGateway['seated'][number][] = [];
    const pnKeys: TestGateway['pnKeys'][number][] = [];
    const placed: TestGateway['placed'][number][] = [];
    const withdrawn: { readonly pneId: string; confirm(): void }[] = [];
    const admitted: TestGateway['admitted'][number][] = [];
    const revoked: TestGateway['revoked'][number][] = [];
    const wire = this.createWire(hasTurns);
    wire.adopt('server', this.links.attach(wire.end('gateway', attestations.server)));
    const events = secureServerLink(
      {
        ...more,
        own: { ...GATEWAY_OWN, ...own },
        after: this.clock.after,
        wishes,
        onSecured: (link) => adopting(routes, link),
        onAgreed: (agreement) => void agreements.push(agreement),
        onPnKey: (reference, epoch, key) => void pnKeys.push({ reference, epoch, key }),
        onSeats: (pneId, seats) => void seated.push([pneId, seats]),
        onPlaced: (pneId, gateways) => void placed.push([pneId, gateways]),
        onAdmitted: (pneId, credential, confirm) => void admitted.push({ pneId, credential, confirm }),
        onWithdrawn: (pneId, confirm) => void withdrawn.push({ pneId, confirm }),
        onRevoked: (statement, confirm) => void revoked.push({ statement, confirm }),
        onRefused: (reason) => void refusals.push(reason),
      },
      wire.end('server', attestations.gateway),
    );
    wire.adopt('gateway', events);
    const { close, inject } = wire;
    return {
      ...{
        routes,
        agreements,
        refusals,
        wishes,
        withdrawn,
        admitted,
        revoked,
        seated,
        placed,
        pnKeys,
        close,
        inject,
      },
      get isOpen(): boolean {
        return wire.isOpen();
      },
    };
  }

  private adopt(link: Link): LinkEvents {
    const end: RouteEnd = { link, received: [] };
    this.routes.push(end);
    return adopting(end, link);
  }

  private createWire(hasTurns: boolean) {
    const events: { server?: LinkEvents; gateway?: LinkEvents } = {};
    let isOpen = true;
    const inject = (message: Uint8Array, towards: Towards) => {
      if (isOpen) events[towards]?.onMessage(message);
    };
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      this.queue.push(() => {
        events.server?.onClosed();
        events.gateway?.onClosed();
      });
    };
    const end = (towards: Towards, attestation = PLAIN_STREAM): Link => ({
      attestation: () => attestation,
      ...(hasTurns && { atTurnEnd: (work: () => void) => void this.queue.push(work) }),
      close,
      send: (message) => {
        for (const passed of this.tap(message.slice(), towards))
          this.queue.push(() => inject(passed, towards));
      },
    });
    return {
      ...{ inject, close, end, isOpen: () => isOpen },
      adopt(own: Towards, adopted: LinkEvents): void {
        events[own] = adopted;
      },
    };
  }
}

function adopting(end: RouteEnd, link: Link): LinkEvents {
  end.link = link;
  return {
    onMessage: (route) => void end.received.push(route.slice()),
    onClosed(): void {
      end.link = undefined;
    },
  };
}

/** One gateway at a server, the two having said all they have to say. */
export function joined(options: Cpns2Options & JoinOptions = {}): { net: Cpns2; gateway: TestGateway } {
  const net = new Cpns2(options);
  const gateway = net.join(options);
  net.settle();
  return { net, gateway };
}

/** A route passes in each direction. */
export function assertPasses(net: Cpns2, gateway: TestGateway): void {
  const server = net.routes[net.routes.length - 1]!;
  const before = [server.received.length, gateway.routes.received.length];
  gateway.routes.link!.send(ROUTE);
  server.link!.send(ROUTE);
  net.settle();
  assert.equal(server.received.slice(before[0]), [ROUTE]);
  assert.equal(gateway.routes.received.slice(before[1]), [ROUTE]);
}
