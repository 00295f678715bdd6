// SPDX-License-Identifier: Apache-2.0

/** A PN GW that keeps its link to a CPNS Server: CPNS-2 by WebSocket. Links of PNEs are given to it. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { CredentialStore, Identity } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../roles/gateway.ts';
import { staticDhInterface } from '../roles/interface.ts';
import { ResumptionTable } from '../roles/resumption-keys.ts';
import { keepConnected } from './reconnect.ts';
import { after as nodeAfter } from './timer.ts';
import { connectWebSocket } from './websocket.ts';

export interface PnGatewayOptions extends Omit<GatewayOptions, 'hop' | 'after'> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  /** PNEs. */
  readonly peers: CredentialStore;
  /** The server's URL, `ws:` or `wss:`. */
  readonly server: string;
  readonly after?: After;
  /** The link to the server is there, or away: without it a PNE's link is closed at once. */
  onServerLink(isThere: boolean): void;
}

export interface PnGateway extends Pick<Gateway, 'attachPne' | 'expel'> {
  /** Closes the link to the server, and with it those of the PNEs. */
  close(): void;
}

export function startPnGateway(options: PnGatewayOptions): PnGateway {
  const { provider, identity, peers, after = nodeAfter } = options;
  const resumptions = new ResumptionTable({ maxPeers: ImplementationLimits.gatewayMaxResumptions });
  const hop = { ...staticDhInterface('gateway', 'CPNS-1', provider, identity, []), peers, resumptions };
  const gateway = createGateway({ ...options, hop, after });
  const connection = keepConnected({
    connect: (onLink) => connectWebSocket(options.server, onLink, after),
    onLink: (link) => attachServer(options, gateway, link),
    after,
    random: Math.random,
  });
  return { attachPne: gateway.attachPne, expel: gateway.expel, close: () => connection.close() };
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
