// SPDX-License-Identifier: Apache-2.0

/** The CPNS Server and the PN GW, joined by a real WebSocket, with PNEs provisioned for them. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type Listener, listenTcp } from '../../src/node/tcp.ts';
import { connectWebSocket, listenWebSocket } from '../../src/node/websocket.ts';
import type { ReasonName } from '../../src/refusal.ts';
import { createGateway } from '../../src/roles/gateway.ts';
import type { Provisioning } from '../../src/roles/provisioning.ts';
import { createServer, type Server, type ServerPeer } from '../../src/roles/server.ts';
import { createSession, type Session } from '../../src/session/session.ts';

/** The server's sender id. A PNE's is its index, so the two never meet. */
const SERVER_ID = Uint8Array.of(0xff);

export interface NetworkOptions {
  readonly pneIds: readonly string[];
  readonly algorithm: number;
  readonly intervalMs: number;
  onReading(pneId: string, id: number, payload: Uint8Array, value: unknown): void;
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export interface Network {
  /** What goes into each PNE's store, in the order of `pneIds`. */
  readonly provisioning: readonly Provisioning[];
  close(): Promise<void>;
}

export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const provider = createNodeProvider();
  const secrets = options.pneIds.map(() => freshSecrets(provider));
  const server = startServer(options, provider, secrets);
  const serverListener = await listenWebSocket(0, (link) => server.attachGateway(link));
  const gatewayListener = await startGateway(options, `ws://127.0.0.1:${serverListener.port}`);
  return {
    provisioning: options.pneIds.map((pneId, index) => ({
      pneId,
      gatewayAddress: '127.0.0.1',
      gatewayPort: gatewayListener.port,
      algorithm: options.algorithm,
      senderId: Uint8Array.of(index),
      recipientId: SERVER_ID,
      ...secrets[index]!,
    })),
    async close(): Promise<void> {
      await gatewayListener.close();
      await serverListener.close();
    },
  };
}

interface Secrets {
  readonly masterSecret: Uint8Array;
  readonly masterSalt: Uint8Array;
}

/** New in every run, so that neither side meets a sequence number of an earlier one. */
function freshSecrets(provider: CryptoProvider): Secrets {
  const masterSecret = new Uint8Array(16);
  const masterSalt = new Uint8Array(8);
  provider.fillRandom(masterSecret);
  provider.fillRandom(masterSalt);
  return { masterSecret, masterSalt };
}

function startServer(options: NetworkOptions, provider: CryptoProvider, secrets: readonly Secrets[]): Server {
  const peers: ServerPeer[] = options.pneIds.map((pneId, index) => ({
    pneId,
    kid: Uint8Array.of(index),
    session: serverSession(provider, options.algorithm, Uint8Array.of(index), secrets[index]!),
  }));
  const server = createServer({
    peers,
    onRegistered(): void {},
    onReading: options.onReading,
    onRefused: options.onRefused,
  });
  for (const { pneId } of peers) server.deliver(pneId, { interval: options.intervalMs });
  return server;
}

function serverSession(
  provider: CryptoProvider,
  algorithm: number,
  pneSenderId: Uint8Array,
  { masterSecret, masterSalt }: Secrets,
): Session {
  const context = {
    provider,
    algorithm,
    masterSecret: provider.secret(masterSecret),
    masterSalt,
    senderId: SERVER_ID,
    recipientId: pneSenderId,
  };
  // The secrets end with the run, so no bound has to outlive it.
  return createSession(context, { firstSequenceNumber: 0, reserve(): void {} });
}

async function startGateway(options: NetworkOptions, serverUrl: string): Promise<Listener> {
  const gateway = createGateway({ onRefused: (reason) => options.onRefused(reason, undefined) });
  await connectWebSocket(serverUrl, (link) => gateway.attachServer(link));
  return listenTcp(0, (link) => gateway.attachPne(link));
}
