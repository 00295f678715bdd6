// SPDX-License-Identifier: Apache-2.0

/** The plain stream link of CPNS-1 on the gateway's side: frames over TCP. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ImplementationLimits } from '../limits.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { encodeFrame, FrameAssembler } from '../link/frame.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { Refusal, refuse } from '../refusal.ts';

/** Bytes that may wait for a peer that does not read. */
const MAX_QUEUED_BYTES = 16 * ImplementationLimits.linkMaxMessageBytes;

export interface Listener {
  readonly port: number;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** Listens on loopback (`port` 0 picks one). `onLink` adopts each connection as a link. */
export async function listenTcp(port: number, onLink: (link: Link) => LinkEvents): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    attachSocket(socket, onLink);
  });
  await listening(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Makes a connected socket a link: frames in and out, closed once. */
function attachSocket(socket: Socket, onLink: (link: Link) => LinkEvents): void {
  socket.setNoDelay(true);
  const events = onLink(socketLink(socket));
  const assembler = new FrameAssembler((message) => events.onMessage(message));
  socket.on('data', (bytes) => {
    try {
      assembler.push(bytes);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => events.onClosed());
}

function socketLink(socket: Socket): Link {
  return {
    mtu: ImplementationLimits.linkMaxMessageBytes,
    send(message: Uint8Array): void {
      if (socket.destroyed) refuse('linkClosed');
      if (socket.writableLength > MAX_QUEUED_BYTES) refuse('queueFull');
      socket.write(encodeFrame(message));
    },
    attestation: () => PLAIN_STREAM,
    close(): void {
      socket.destroy();
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
