// SPDX-License-Identifier: Apache-2.0

/** The links of CPNS-2 and CPNS-5 of a CPNS Server: one binary WebSocket message a link message, by TCP or by TLS. */
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type ClientOptions, type RawData, WebSocket, WebSocketServer } from 'ws';
import { ImplementationLimits } from '../limits.ts';
import { type Attestation, PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { watchLiveness } from '../link/liveness.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { Ends } from './ipsec/evidence.ts';
import type { Attested, IpsecWitness } from './ipsec/witness.ts';
import { OpeningConnections } from './opening.ts';
import { type Listener, LOOPBACK } from './tcp.ts';
import { after as nodeAfter } from './timer.ts';
import { TLS_1_3, type TlsCredentials, tlsAttestation } from './tls.ts';

const OPTIONS = Object.freeze({
  maxPayload: ImplementationLimits.linkMaxMessageBytes,
  perMessageDeflate: false,
});

/** What is below a listener's connections. */
export interface ListenerBelow {
  /** It listens by TLS with it. */
  readonly tls?: TlsCredentials | undefined;
  /** Those who come to a path for which there is one have to come through IPsec. */
  witnessOf?(path: string): IpsecWitness | undefined;
  /** Somebody did not, for this reason. The connection is closed. */
  onUnattested?(error: Error): void;
}

/** Where external entities come: the path of a server's URL. Gateways have any other. */
export const ENTITY_PATH = '/cpns-5';

/** RFC 9110 section 15.5.22. */
const UPGRADE_REQUIRED = 426;

/**
 * Listens (`port` 0 picks one), on loopback unless told otherwise, or with a socket that listens already. `onLink` adopts each connection as a link; `path` is
 * what the URL has behind its authority.
 */
export async function listenWebSocket(
  port: number | NetServer,
  onLink: (link: Link, path: string) => LinkEvents,
  after: After = nodeAfter,
  host = LOOPBACK,
  below: ListenerBelow = {},
): Promise<Listener> {
  const http = createListener(below.tls);
  http.on('request', (_request, response) => response.writeHead(UPGRADE_REQUIRED).end());
  const opening = new OpeningConnections(after);
  http.on('connection', (socket) => opening.add(socket));
  const server = new WebSocketServer({ ...OPTIONS, server: http });
  server.on('connection', (socket, request) => {
    opening.remove(request.socket);
    if (server.clients.size > NodeLimits.listenerMaxLinks) socket.terminate();
    else {
      const path = request.url ?? '/';
      const adopt = (link: Link) => onLink(link, path);
      const witness = below.witnessOf?.(path);
      attachWitnessed(socket, request.socket, adopt, after, witness)?.catch((error: Error) =>
        below.onUnattested?.(error),
      );
    }
  });
  if (typeof port === 'number') http.listen(port, host);
  else http.listen(port);
  await once(server, 'listening');
  // Of a connection that could not be accepted: its peer tries again.
  server.on('error', () => {});
  return {
    port: (http.address() as AddressInfo).port,
    close: () => closeServers(http, server),
  };
}

function createListener(tls: TlsCredentials | undefined): HttpServer {
  const options = { maxHeaderSize: NodeLimits.listenerMaxHeaderBytes };
  if (tls === undefined) return createHttpServer(options);
  return createHttpsServer({
    ...options,
    ...TLS_1_3,
    cert: Buffer.from(tls.cert),
    key: Buffer.from(tls.key),
  });
}

function attestationOf(socket: Socket): Attestation {
  return socket instanceof TLSSocket ? tlsAttestation(socket) : PLAIN_STREAM;
}

function closeServers(http: HttpServer, server: WebSocketServer): Promise<void> {
  server.close();
  for (const client of server.clients) client.terminate();
  http.closeAllConnections();
  return new Promise((resolve) => http.close(() => resolve()));
}

/** What is below a connection to a server. */
export interface ConnectorBelow {
  /** It has to go through IPsec, as somebody attests. */
  readonly ipsec?: IpsecWitness | undefined;
  /** Makes it, where it does not begin at any place of this machine. */
  readonly dial?: Dial | undefined;
}

export type Dial = (host: string, port: number) => Promise<Socket>;

/** Connects to a server's `ws:` or `wss:` URL; rejects where it cannot, or not soon enough. */
export async function connectWebSocket(
  url: string,
  onLink: (link: Link) => LinkEvents,
  after: After = nodeAfter,
  { ipsec, dial }: ConnectorBelow = {},
): Promise<void> {
  const dialled = dial && (await dialTo(url, dial));
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { ...OPTIONS, ...TLS_1_3, rejectUnauthorized: false, ...dialled });
    let stream: Socket | undefined;
    const deadline = after(ImplementationLimits.linkOpeningMs, () => socket.terminate());
    socket.once('close', () => deadline.cancel());
    socket.once('error', reject);
    socket.once('upgrade', (response) => {
      stream = response.socket;
    });
    // In this very call: what came with the server's answer is read right after it.
    socket.once('open', () => {
      deadline.cancel();
      const attached = attachWitnessed(socket, stream!, onLink, after, ipsec);
      if (attached === undefined) resolve();
      else attached.then(resolve, reject);
    });
  });
}

async function dialTo(url: string, dial: Dial): Promise<ClientOptions> {
  const { hostname, port } = new URL(url);
  const socket = await dial(hostname, Number(port));
  return { createConnection: () => socket };
}

/**
 * In this very call where nobody has to be asked. Else nothing is read meanwhile, and a connection of which it is not
 * attested that IPsec protects it is closed.
 */
function attachWitnessed(
  socket: WebSocket,
  stream: Socket,
  onLink: (link: Link) => LinkEvents,
  after: After,
  witness: IpsecWitness | undefined,
): Promise<void> | undefined {
  if (witness !== undefined) return attachAttested(socket, stream, onLink, after, witness);
  attachWebSocket(socket, stream, onLink, after, attestationOf(stream));
  return undefined;
}

async function attachAttested(
  socket: WebSocket,
  stream: Socket,
  onLink: (link: Link) => LinkEvents,
  after: After,
  witness: IpsecWitness,
): Promise<void> {
  socket.on('error', () => socket.terminate());
  socket.pause();
  let attested: Attested;
  try {
    attested = await witness.attest(endsOf(stream), () => socket.terminate());
  } catch (error) {
    socket.terminate();
    throw error;
  }
  socket.once('close', attested.release);
  if (socket.readyState !== WebSocket.OPEN) {
    attested.release();
    throw new Refusal('linkClosed');
  }
  attachWebSocket(socket, stream, onLink, after, attested.attestation);
  socket.resume();
}

/** A connection that is gone has no address, and so no evidence. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): Ends {
  return {
    local: { address: localAddress ?? '', port: localPort ?? 0 },
    remote: { address: remoteAddress ?? '', port: remotePort ?? 0 },
  };
}

/** Every beat is a ping: its pong has to pass whatever waits for the peer, so that one that does not read is found. */
function attachWebSocket(
  socket: WebSocket,
  stream: Duplex,
  onLink: (link: Link) => LinkEvents,
  after: After,
  attestation: Attestation,
): void {
  const liveness = watchLiveness({
    after,
    beat(): boolean {
      socket.ping();
      return true;
    },
    onSilent: () => socket.terminate(),
  });
  socket.on('error', () => socket.terminate());
  const events = onLink(webSocketLink(socket, sentTogether(stream), attestation));
  socket.on('pong', () => liveness.heard());
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (!isBinary || !(data instanceof Uint8Array)) socket.terminate();
    else if (socket.readyState === WebSocket.OPEN) receive(socket, events, data);
  });
  socket.on('close', () => {
    liveness.stop();
    events.onClosed();
  });
}

function receive(socket: WebSocket, events: LinkEvents, message: Uint8Array): void {
  try {
    events.onMessage(message);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    socket.terminate();
  }
}

/** What is sent in one turn of the event loop leaves in one call to the system: that costs more than its cryptography. */
function sentTogether(stream: Duplex): () => void {
  let isHeld = false;
  return () => {
    if (isHeld) return;
    isHeld = true;
    stream.cork();
    setImmediate(() => {
      isHeld = false;
      stream.uncork();
    });
  };
}

function webSocketLink(socket: WebSocket, hold: () => void, attestation: Attestation): Link {
  return {
    send(message: Uint8Array): void {
      if (message.length > ImplementationLimits.linkMaxMessageBytes) refuse('tooLong');
      if (socket.readyState !== WebSocket.OPEN) refuse('linkClosed');
      if (socket.bufferedAmount > NodeLimits.serverMaxQueuedBytes) refuse('queueFull');
      hold();
      socket.send(message);
    },
    attestation: () => attestation,
    atTurnEnd: setImmediate,
    close(): void {
      socket.terminate();
    },
  };
}
