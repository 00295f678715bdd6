// SPDX-License-Identifier: Apache-2.0

/** A CPNS Server at a port: CPNS-2 by WebSocket, secured between it and each of its gateways. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { CredentialStore, Identity } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ReasonName } from '../refusal.ts';
import { ControlKind } from '../roles/gateway-control.ts';
import { createGatewayLinks, type GatewayLinks } from '../roles/gateway-links.ts';
import { staticDhInterface } from '../roles/interface.ts';
import { ResumptionTable } from '../roles/resumption-keys.ts';
import { createServer, type Server, type ServerOptions } from '../roles/server.ts';
import type { Listener } from './tcp.ts';
import { after } from './timer.ts';
import type { TlsCredentials } from './tls.ts';
import { listenWebSocket } from './websocket.ts';

export interface CpnsServerOptions extends Omit<ServerOptions, 'endToEnd' | 'after' | 'onSeats'> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  /** PNEs. */
  readonly peers: CredentialStore;
  readonly gateways: CredentialStore;
  /** COSE algorithms that its records of CPNS-3 may use, if not all that the provider carries. */
  readonly algorithms?: readonly number[];
  /** 0 picks a port. */
  readonly port: number;
  /** Loopback, unless given. */
  readonly host?: string;
  /** Listens by TLS with it, to which CPNS-2 is left then. */
  readonly tls?: TlsCredentials;
  /** A message of CPNS-2 was refused; the gateway's name is known where its link is secured. */
  onGatewayRefused(reason: ReasonName, gateway: string | undefined): void;
}

export interface CpnsServer extends Pick<Server, 'deliver' | 'expel'>, Listener {
  /** Closes the link of a gateway, whose credential is withdrawn. */
  expelGateway(gateway: string): void;
  /** The PNEs of these names, and no others, are withdrawn: every gateway is told, until it has done it. */
  setWithdrawn(pneIds: readonly string[]): void;
}

export async function startCpnsServer(options: CpnsServerOptions): Promise<CpnsServer> {
  const { provider, identity, peers, algorithms } = options;
  const resumptions = new ResumptionTable({ maxPeers: ImplementationLimits.serverMaxResumptions });
  const endToEnd = { ...staticDhInterface('server', 'CPNS-3', provider, identity, []), peers, resumptions };
  const server = createServer({
    ...options,
    onSeats: (gateway, pneId, seats) => links.stateTo(gateway, { kind: ControlKind.seats, pneId, seats }),
    endToEnd: algorithms === undefined ? endToEnd : { ...endToEnd, algorithms },
    after,
  });
  const links: GatewayLinks = createGatewayLinks({
    own: { ...staticDhInterface('server', 'CPNS-2', provider, identity, []), peers: options.gateways },
    after,
    onSecured: server.attachGateway,
    onAgreed: options.onAgreed,
    onRefused: options.onGatewayRefused,
  });
  const listener = await listenWebSocket(options.port, links.attach, after, options.host, options.tls);
  return {
    ...listener,
    deliver: server.deliver,
    expel: server.expel,
    expelGateway: links.expel,
    setWithdrawn: withdrawals(links),
  };
}

function withdrawals(links: GatewayLinks): (pneIds: readonly string[]) => void {
  const kind = ControlKind.withdrawn;
  let known: ReadonlySet<string> = new Set();
  return (pneIds) => {
    const former = known;
    known = new Set(pneIds);
    for (const pneId of former) if (!known.has(pneId)) links.retract({ kind, pneId });
    for (const pneId of known) if (!former.has(pneId)) links.state({ kind, pneId });
  };
}
