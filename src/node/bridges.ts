// SPDX-License-Identifier: Apache-2.0

/** Bridges of a gateway, CPNS-4 by WebSocket: to those at the URLs that it is given, and from those that come to a port. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { CredentialStore, Identity } from '../handshake/credential.ts';
import {
  createGatewayBridge,
  type GatewayBridge,
  type GatewayBridgeOptions,
} from '../roles/gateway-bridge.ts';
import { staticDhInterface } from '../roles/interface.ts';
import { keepConnected } from './reconnect.ts';
import type { Listener } from './tcp.ts';
import { after } from './timer.ts';
import { connectWebSocket, listenWebSocket } from './websocket.ts';

export interface BridgesOptions extends Omit<GatewayBridgeOptions, 'own' | 'after'> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  /** Other gateways. */
  readonly gateways: CredentialStore;
  /** Their URLs, `ws:`. */
  readonly urls: readonly string[];
  /** Where others come, if they may. */
  readonly listen?: { readonly host: string; readonly port: number };
  onUnreachable(url: string, error: Error): void;
}

export interface Bridges extends Pick<GatewayBridge, 'send' | 'refresh'> {
  /** Where others come. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

export async function startBridges(options: BridgesOptions): Promise<Bridges> {
  const { provider, identity, gateways, urls, listen, onUnreachable } = options;
  const own = { ...staticDhInterface('gateway', 'CPNS-4', provider, identity, []), peers: gateways };
  const bridge = createGatewayBridge({ ...options, own, after });
  let listener: Listener | undefined;
  if (listen !== undefined)
    listener = await listenWebSocket(listen.port, (link) => bridge.accept(link), after, listen.host);
  const connections = urls.map((url) =>
    keepConnected({
      connect: (onLink) =>
        connectWebSocket(url, onLink, after).catch((error: Error) => {
          onUnreachable(url, error);
          throw error;
        }),
      onLink: (link) => bridge.join(link),
      after,
      random: Math.random,
    }),
  );
  return {
    send: bridge.send,
    refresh: bridge.refresh,
    port: listener?.port,
    async close(): Promise<void> {
      for (const connection of connections) connection.close();
      await listener?.close();
    },
  };
}
