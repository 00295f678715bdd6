// SPDX-License-Identifier: Apache-2.0

/** A CPNS Server at a port: CPNS-2 by WebSocket. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { CredentialStore, Identity } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { staticDhInterface } from '../roles/interface.ts';
import { ResumptionTable } from '../roles/resumption-keys.ts';
import { createServer, type Server, type ServerOptions } from '../roles/server.ts';
import type { Listener } from './tcp.ts';
import { after } from './timer.ts';
import { listenWebSocket } from './websocket.ts';

export interface CpnsServerOptions extends Omit<ServerOptions, 'endToEnd' | 'after'> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  /** PNEs. */
  readonly peers: CredentialStore;
  /** COSE algorithms that its records may use, if not all that the provider carries. */
  readonly algorithms?: readonly number[];
  /** 0 picks a port. */
  readonly port: number;
  /** Loopback, unless given. */
  readonly host?: string;
}

export interface CpnsServer extends Pick<Server, 'deliver' | 'expel'>, Listener {}

export async function startCpnsServer(options: CpnsServerOptions): Promise<CpnsServer> {
  const { provider, identity, peers, algorithms } = options;
  const resumptions = new ResumptionTable({ maxPeers: ImplementationLimits.serverMaxResumptions });
  const endToEnd = { ...staticDhInterface('server', 'CPNS-3', provider, identity, []), peers, resumptions };
  const server = createServer({
    ...options,
    endToEnd: algorithms === undefined ? endToEnd : { ...endToEnd, algorithms },
    after,
  });
  const adopt = server.attachGateway;
  const listener = await listenWebSocket(options.port, adopt, after, options.host);
  return { ...listener, deliver: server.deliver, expel: server.expel };
}
