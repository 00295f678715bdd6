// SPDX-License-Identifier: Apache-2.0

/**
 * The server's end of CPNS-2 with all its gateways: the Responder's. A link carries routes once a gateway whose
 * credential the server has is proved to be at its end. A gateway is at one place: a newer link of it that is secured
 * ends the older.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { Party } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import type { ReasonName } from '../refusal.ts';
import { ControlKind, type Statement, topicOf } from './gateway-control.ts';
import { GatewayLink, type GatewayLinkOptions } from './gateway-link.ts';
import type { GatewayServices } from './gateway-services.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { makeRoom } from './room.ts';

export interface GatewayLinksOptions extends Pick<GatewayLinkOptions, 'onRegistration'> {
  /** CPNS-2, with whichever gateway the server has a credential of; its subject is the gateway's name. */
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Adopts a link of a gateway, on which routes pass, once it is secured. */
  onSecured(link: Link, gateway: Party): LinkEvents;
  onAgreed(agreement: Agreement): void;
  /** A message was refused and dropped; `gateway` is its name, where the link is secured. */
  onRefused(reason: ReasonName, gateway: string | undefined): void;
  /** Takes what gateways ask for, where the server takes that. */
  readonly services?: GatewayServices;
}

export interface GatewayLinks {
  /** Adopts a link, or closes it where there is no room. Returns what the link shall call. */
  attach(link: Link): LinkEvents;
  /** Is told to every gateway that is there, or comes, in place of what was stated of the same topic before. */
  state(statement: Statement): void;
  /** Is told to the gateway at the end of this link alone, while that lasts. */
  stateTo(routes: Link, statement: Statement): void;
  /** Is told to nobody any more. */
  retract(statement: Statement): void;
  /** Whether a gateway of this name is there, and has proved itself. */
  has(gateway: string): boolean;
  /** Closes the link of a gateway, whose credential is withdrawn, by its subject. */
  expel(gateway: string): void;
}

export function createGatewayLinks(options: GatewayLinksOptions): GatewayLinks {
  const role = new ServerEnd(options);
  return {
    attach: (link) => role.attach(link),
    state: (statement) => role.state(statement),
    stateTo: (routes, statement) => role.stateTo(routes, statement),
    retract: (statement) => role.retract(statement),
    has: (gateway) => role.has(gateway),
    expel: (gateway) => role.expel(gateway),
  };
}

const IGNORE: LinkEvents = Object.freeze({ onMessage(): void {}, onClosed(): void {} });

class ServerEnd {
  private readonly options: GatewayLinksOptions;
  /** The oldest first. */
  private readonly links = new Set<GatewayLink>();
  private readonly statements = new Map<string, Statement>();
  /** By what the server's owner knows a link by. */
  private readonly byRoutes = new Map<Link, GatewayLink>();

  constructor(options: GatewayLinksOptions) {
    this.options = options;
  }

  attach(link: Link): LinkEvents {
    if (!makeRoom(this.links, ImplementationLimits.serverMaxGateways)) {
      link.close();
      return IGNORE;
    }
    const end: GatewayLink = new GatewayLink({
      ...this.options,
      link,
      onSecured: (routes, gateway) => this.secured(end, routes, gateway),
    });
    this.links.add(end);
    return {
      onMessage: (message) => end.receive(message),
      onClosed: () => {
        this.links.delete(end);
        for (const [routes, each] of this.byRoutes) if (each === end) this.byRoutes.delete(routes);
        end.end();
      },
    };
  }

  state(statement: Statement): void {
    this.statements.set(topicOf(statement), statement);
    for (const link of this.links) link.statements?.state(statement);
  }

  stateTo(routes: Link, statement: Statement): void {
    const link = this.byRoutes.get(routes);
    if (statement.kind !== ControlKind.pnKey || link?.carriesKeys) link?.statements?.state(statement);
  }

  retract(statement: Statement): void {
    this.statements.delete(topicOf(statement));
    for (const link of this.links) link.statements?.retract(statement);
  }

  has(gateway: string): boolean {
    return this.where(({ subject }) => subject === gateway).length > 0;
  }

  expel(gateway: string): void {
    for (const { link } of this.where(({ subject }) => subject === gateway)) link.close();
  }

  private secured(newest: GatewayLink, routes: Link, gateway: Party): LinkEvents {
    for (const end of this.where(({ cred }) => equalBytes(cred, gateway.cred))) {
      if (end !== newest) end.link.close();
    }
    for (const statement of this.statements.values()) newest.statements?.state(statement);
    this.byRoutes.set(routes, newest);
    return this.options.onSecured(routes, gateway);
  }

  private where(test: (peer: Party) => boolean): GatewayLink[] {
    return [...this.links].filter(({ peer }) => peer !== undefined && test(peer));
  }
}
