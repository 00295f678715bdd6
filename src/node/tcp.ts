// SPDX-License-Identifier: Apache-2.0

/** The plain stream link of CPNS-1 on the gateway's side: frames over TCP. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { type ByteStream, joinStream, type StreamOptions } from '../link/stream.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { after as nodeAfter } from './timer.ts';

export const LOOPBACK = '127.0.0.1';

export interface Listener {
  readonly port: number;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/**
 * Listens (`port` 0 picks one), on loopback unless told otherwise. `onLink` adopts each connection as a link, whose peer has to send
 * beats (`src/link/liveness.ts`).
 */
export function listenTcp(
  port: number,
  onLink: (link: Link) => LinkEvents,
  after: After = nodeAfter,
  host = LOOPBACK,
): Promise<Listener> {
  return listen(port, onLink, after, host);
}

/** The same for a line of a simulated board, a serial port or its sensor's: no beats pass on it. */
export function listenLine(port: number, onLink: (link: Link) => LinkEvents): Promise<Listener> {
  return listen(port, onLink, undefined, LOOPBACK);
}

/** Connects to such a listener, on this machine unless told otherwise; rejects where it cannot. */
export function connectTcp(port: number, onLink: (link: Link) => LinkEvents, host = LOOPBACK): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    socket.once('error', reject);
    socket.once('connect', () => {
      attachSocket(socket, onLink, nodeAfter);
      resolve();
    });
  });
}

async function listen(
  port: number,
  onLink: (link: Link) => LinkEvents,
  after: StreamOptions['after'],
  host: string,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    attachSocket(socket, onLink, after);
  });
  server.maxConnections = NodeLimits.listenerMaxLinks;
  await listening(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Makes a connected socket a link: frames in and out, closed once. */
function attachSocket(
  socket: Socket,
  onLink: (link: Link) => LinkEvents,
  after: StreamOptions['after'],
): void {
  socket.setNoDelay(true);
  const maxBytes = ImplementationLimits.linkMaxMessageBytes;
  const events = joinStream(byteStream(socket), onLink, { maxBytes, after });
  socket.on('data', (bytes) => events.onBytes(bytes));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => events.onClosed());
}

function byteStream(socket: Socket): ByteStream {
  return {
    write(bytes: Uint8Array): boolean {
      if (socket.writableLength > NodeLimits.pneMaxQueuedBytes) return false;
      socket.write(bytes);
      return true;
    },
    close(): void {
      socket.destroy();
    },
  };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Later on it is a connection that could not be accepted: its peer tries again.
    server.on('error', reject);
    server.listen(port, host, () => resolve());
  });
}
