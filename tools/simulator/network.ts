// SPDX-License-Identifier: Apache-2.0

/** The CPNS Server and the PN GW, joined by a real WebSocket, with PNEs provisioned for them. */
import { Curve } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { ccsCredential, encodeCcs, type Identity } from '../../src/handshake/credential.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type KeptConnection, keepConnected } from '../../src/node/reconnect.ts';
import { listenTcp } from '../../src/node/tcp.ts';
import { after } from '../../src/node/timer.ts';
import { connectWebSocket, listenWebSocket } from '../../src/node/websocket.ts';
import type { ReasonName } from '../../src/refusal.ts';
import { createGateway, type Gateway } from '../../src/roles/gateway.ts';
import { type Agreement, staticDhInterface } from '../../src/roles/interface.ts';
import type { Provisioning } from '../../src/roles/provisioning.ts';
import { createServer, type Server } from '../../src/roles/server.ts';
import { createMemoryStore, type Reading } from '../../src/roles/server-store.ts';
import { withRecords } from '../../src/session/records.ts';
import { listenLines } from './serial-lines.ts';

const PRIVATE_KEY_BYTES = 32;

export interface NetworkOptions {
  readonly pneIds: readonly string[];
  /** COSE algorithm that the server's records use; undefined leaves the choice to the negotiation. */
  readonly algorithm: number | undefined;
  readonly intervalMs: number;
  onAgreed(agreement: Agreement): void;
  onReading(pneId: string, reading: Reading): void;
  onRefused(reason: ReasonName, pneId: string | undefined): void;
  /** The gateway's link to the server is there, or away: without it a PNE's link is closed at once. */
  onServerLink?(isThere: boolean): void;
}

export interface Network {
  /** What goes into each PNE's store, in the order of `pneIds`. */
  readonly provisioning: readonly Provisioning[];
  /** TCP port at which serial lines of PNEs end. */
  readonly linePort: number;
  /** Has the server tell a PNE its interval, as it does once at the start: a PNE that restarts has forgotten. */
  deliverInterval(pneId: string): void;
  /** Gives the gateway a link to a PNE that came by no stream. */
  attachPne(link: Link): LinkEvents;
  close(): Promise<void>;
}

/** Everybody who is provisioned for everybody else. */
interface Members {
  readonly provider: CryptoProvider;
  readonly pnes: readonly NewIdentity[];
  readonly gateway: NewIdentity;
  readonly server: NewIdentity;
}

interface NewIdentity extends Identity {
  readonly privateKeyBytes: Uint8Array;
}

export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const members = provisionMembers(options.pneIds);
  const server = startServer(options, members);
  const serverListener = await listenWebSocket(0, (link) => server.attachGateway(link));
  const gateway = startGateway(options, members);
  const connection = await joinServer(options, gateway, `ws://127.0.0.1:${serverListener.port}`);
  const gatewayListener = await listenTcp(0, (link) => gateway.attachPne(link));
  const lineListener = await listenLines((link) => gateway.attachPne(link));
  return {
    provisioning: members.pnes.map(({ privateKeyBytes, credential }, index) => ({
      pneId: options.pneIds[index]!,
      gatewayAddress: '127.0.0.1',
      gatewayPort: gatewayListener.port,
      privateKey: privateKeyBytes,
      ownCcs: credential.cred,
      gatewayCcs: members.gateway.credential.cred,
      serverCcs: members.server.credential.cred,
    })),
    linePort: lineListener.port,
    deliverInterval: (pneId) => deliverInterval(server, pneId, options),
    attachPne: (link) => gateway.attachPne(link),
    async close(): Promise<void> {
      connection.close();
      await gatewayListener.close();
      await lineListener.close();
      await serverListener.close();
    },
  };
}

/** Keys are new in every run. */
function provisionMembers(pneIds: readonly string[]): Members {
  const provider = withRecords(createNodeProvider());
  const create = (subject: string, kid: number) => newIdentity(provider, subject, Uint8Array.of(kid));
  return {
    provider,
    gateway: create('gateway', 0),
    server: create('server', 1),
    pnes: pneIds.map((pneId, index) => create(pneId, 2 + index)),
  };
}

/** A P-256 private key is any number from 1 to the order of the group: of 32 random bytes nearly all are. */
function newIdentity(provider: CryptoProvider, subject: string, kid: Uint8Array): NewIdentity {
  const privateKeyBytes = new Uint8Array(PRIVATE_KEY_BYTES);
  provider.fillRandom(privateKeyBytes);
  const privateKey = provider.privateKey(Curve.P256, privateKeyBytes);
  const { curve, publicKey } = privateKey;
  const credential = ccsCredential(encodeCcs({ curve, publicKey, kid }, subject));
  return { privateKey, privateKeyBytes, credential };
}

function startServer(options: NetworkOptions, { provider, server: own, pnes }: Members): Server {
  const endToEnd = staticDhInterface('server', 'CPNS-3', provider, own, credentialsOf(pnes));
  const { algorithm } = options;
  const server = createServer({
    endToEnd: algorithm === undefined ? endToEnd : { ...endToEnd, algorithms: [algorithm] },
    after,
    store: createMemoryStore(),
    onAgreed: options.onAgreed,
    onRegistered(): void {},
    onReading: options.onReading,
    /** The PNE restarted with it under way: it has no interval, whether it got this one or not. */
    onContentSettled(pneId, _ticket, outcome): void {
      if (outcome === 'unknown') deliverInterval(server, pneId, options);
    },
    onRefused: options.onRefused,
  });
  for (const pneId of options.pneIds) deliverInterval(server, pneId, options);
  return server;
}

function deliverInterval(server: Server, pneId: string, { intervalMs }: NetworkOptions): void {
  server.deliver(pneId, { interval: intervalMs });
}

function startGateway(options: NetworkOptions, members: Members): Gateway {
  const { provider, gateway: own, pnes } = members;
  return createGateway({
    hop: staticDhInterface('gateway', 'CPNS-1', provider, own, credentialsOf(pnes)),
    after,
    onAgreed: options.onAgreed,
    onRefused: options.onRefused,
  });
}

/** Resolves with the first link; later ones come by themselves. */
function joinServer(options: NetworkOptions, gateway: Gateway, serverUrl: string): Promise<KeptConnection> {
  return new Promise((resolve) => {
    const connection = keepConnected({
      connect: (onLink) => connectWebSocket(serverUrl, onLink),
      onLink(link: Link): LinkEvents {
        resolve(connection);
        return attachServer(options, gateway, link);
      },
      after,
      random: Math.random,
    });
  });
}

function attachServer({ onServerLink }: NetworkOptions, gateway: Gateway, link: Link): LinkEvents {
  const { onMessage, onClosed } = gateway.attachServer(link);
  onServerLink?.(true);
  return {
    onMessage,
    onClosed(): void {
      onServerLink?.(false);
      onClosed();
    },
  };
}

function credentialsOf(identities: readonly Identity[]) {
  return identities.map(({ credential }) => credential);
}
