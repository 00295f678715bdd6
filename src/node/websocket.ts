// SPDX-License-Identifier: Apache-2.0

/** The link of CPNS-2 between PN GW and CPNS Server: one binary WebSocket message a link message. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { refuse } from '../refusal.ts';
import type { Listener } from './tcp.ts';

const MAX_QUEUED_BYTES = 64 * ImplementationLimits.linkMaxMessageBytes;

/** Listens on loopback (`port` 0 picks one). `onLink` adopts each connection as a link. */
export async function listenWebSocket(port: number, onLink: (link: Link) => LinkEvents): Promise<Listener> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port,
    maxPayload: ImplementationLimits.linkMaxMessageBytes,
    perMessageDeflate: false,
  });
  server.on('connection', (socket) => attachWebSocket(socket, onLink));
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close(): Promise<void> {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Connects to a server's `ws:` or `wss:` URL; rejects where it cannot. */
export async function connectWebSocket(url: string, onLink: (link: Link) => LinkEvents): Promise<void> {
  const socket = new WebSocket(url, {
    maxPayload: ImplementationLimits.linkMaxMessageBytes,
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  attachWebSocket(socket, onLink);
}

function attachWebSocket(socket: WebSocket, onLink: (link: Link) => LinkEvents): void {
  const events = onLink(webSocketLink(socket));
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (!isBinary || !(data instanceof Uint8Array)) return socket.terminate();
    events.onMessage(data);
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => events.onClosed());
}

function webSocketLink(socket: WebSocket): Link {
  return {
    mtu: ImplementationLimits.linkMaxMessageBytes,
    send(message: Uint8Array): void {
      if (message.length > ImplementationLimits.linkMaxMessageBytes) refuse('tooLong');
      if (socket.readyState !== WebSocket.OPEN) refuse('linkClosed');
      if (socket.bufferedAmount > MAX_QUEUED_BYTES) refuse('queueFull');
      socket.send(message);
    },
    attestation: () => PLAIN_STREAM,
    close(): void {
      socket.terminate();
    },
  };
}
