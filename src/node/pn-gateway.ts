// SPDX-License-Identifier: Apache-2.0

/** A PN GW that keeps its link to a CPNS Server: CPNS-2 by WebSocket, secured. Links of PNEs are given to it. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Credential, CredentialStore, Identity } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../roles/gateway.ts';
import type { Registration, Revoked } from '../roles/gateway-control.ts';
import { GatewayRegistrations } from '../roles/gateway-registrations.ts';
import { staticDhInterface } from '../roles/interface.ts';
import { ResumptionTable } from '../roles/resumption-keys.ts';
import { secureServerLink } from '../roles/server-link.ts';
import type { Wish } from '../roles/service-message.ts';
import { type Answered, WishAsking } from '../roles/wish-asking.ts';
import type { IpsecWitness } from './ipsec/witness.ts';
import { keepConnected } from './reconnect.ts';
import { after as nodeAfter } from './timer.ts';
import { connectWebSocket, type Dial } from './websocket.ts';

export interface PnGatewayOptions extends Omit<GatewayOptions, 'hop' | 'after' | 'maxPnes'> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  /** PNEs. */
  readonly peers: CredentialStore;
  /** The server's URL, `ws:` or `wss:`. */
  readonly server: string;
  readonly serverCredential: Credential;
  /** Says how IPsec protects the connection to the server, to which CPNS-2 is left then: without that there is no link. */
  readonly ipsec?: IpsecWitness;
  /** Makes connections to the server, where they do not begin at any place of this machine. */
  readonly dial?: Dial | undefined;
  readonly after?: After;
  /** The link to the server is there and secured, or away: without it a PNE's link is closed at once. */
  onServerLink(isThere: boolean): void;
  /** There is no connection to the server, for this reason. It is tried again. */
  onServerUnreachable(error: Error): void;
  /** A message of CPNS-2 was refused, here or, where that is `peerRefused`, by the server. */
  onServerRefused(reason: ReasonName): void;
  /** The server has withdrawn a PNE. Resolves when that is so here for good; the PNE's link is closed already. */
  withdraw(pneId: string): Promise<void>;
  /** The server has let a PNE join. Resolves when it is let in here too, for good. Refuses what is no credential of it. */
  admit(pneId: string, credential: Uint8Array): Promise<void>;
  /** What the server makes of a user who has proved himself here, for good: `ok`, his PNE has his key; or why not. */
  onUserSettled?(registration: Registration, status: number): void;
  /** The server has revoked what PNEs with this kid were granted. Resolves when that is so here for good. */
  revoke(revoked: Revoked): Promise<void>;
}

export interface PnGateway extends Pick<Gateway, 'attachPne' | 'expel' | 'takeContent'> {
  /**
   * Asks the server for something of PNs and service groups (src/roles/service-wishes.ts), and calls `done` once: with
   * no answer where the link is lost before. Refuses `linkClosed` while the server is away, `queueFull` while another
   * wish has no answer, and `badArgument` what no server takes.
   */
  ask(wish: Wish, done: Answered): void;
  /** All users that have proved who they are here: each is registered with the server until that has answered. */
  setRegistrations(registrations: readonly Registration[]): void;
  /** Closes the link to the server, and with it those of the PNEs. */
  close(): void;
}

/** The role alone, which `joinServer` joins to its server. */
export function createPnGateway(options: PnGatewayOptions): Gateway {
  const { provider, identity, peers, after = nodeAfter } = options;
  const resumptions = new ResumptionTable({ maxPeers: ImplementationLimits.gatewayMaxResumptions });
  const hop = { ...staticDhInterface('gateway', 'CPNS-1', provider, identity, []), peers, resumptions };
  return createGateway({ ...options, hop, after, maxPnes: NodeLimits.gatewayMaxLinks });
}

export function startPnGateway(options: PnGatewayOptions): PnGateway {
  return joinServer(options, createPnGateway(options));
}

/** Joins a gateway to its server, and again whenever that link is lost. */
export function joinServer(options: PnGatewayOptions, gateway: Gateway): PnGateway {
  const { provider, identity, after = nodeAfter } = options;
  const own = staticDhInterface('gateway', 'CPNS-2', provider, identity, [options.serverCredential]);
  const wishes = new WishAsking();
  const registrations = new GatewayRegistrations({
    after,
    random: Math.random,
    trigger: gateway.trigger,
    onSettled: (...of) => options.onUserSettled?.(...of),
  });
  const serverLink = {
    own,
    after,
    wishes,
    registrations,
    onAgreed: options.onAgreed,
    onRefused: options.onServerRefused,
    onSecured: (link: Link) => attachServer(options, gateway, link),
    onSeats: gateway.seat,
    onPnKey: gateway.takePnKey,
    onPlaced(pneId: string, gateways: readonly string[]): void {
      gateway.place(pneId, gateways.length === 0 || gateways.includes(identity.credential.subject ?? ''));
    },
    onAdmitted(pneId: string, credential: Uint8Array, confirm: () => void): void {
      options.admit(pneId, credential).then(confirm, () => {});
    },
    onWithdrawn(pneId: string, confirm: () => void): void {
      gateway.expel(pneId);
      // Where that fails the server says it again.
      options.withdraw(pneId).then(confirm, () => {});
    },
    onRevoked(revoked: Revoked, confirm: () => void): void {
      options.revoke(revoked).then(confirm, () => {});
    },
  };
  const connection = keepConnected({
    connect: (onLink) =>
      connectWebSocket(options.server, onLink, after, options).catch((error: Error) => {
        options.onServerUnreachable(error);
        throw error;
      }),
    onLink: (link) => secureServerLink(serverLink, link),
    after,
    random: Math.random,
  });
  const { attachPne, expel, takeContent } = gateway;
  return {
    ...{ attachPne, expel, takeContent, close: () => connection.close() },
    ask: (wish, done) => (wishes.isReady ? wishes.ask(wish, done) : refuse('linkClosed')),
    setRegistrations: (those) => registrations.set(those),
  };
}

function attachServer({ onServerLink }: PnGatewayOptions, gateway: Gateway, link: Link): LinkEvents {
  const { onMessage, onClosed } = gateway.attachServer(link);
  onServerLink(true);
  return {
    onMessage,
    onClosed(): void {
      onServerLink(false);
      onClosed();
    },
  };
}
