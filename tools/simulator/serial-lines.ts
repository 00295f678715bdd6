// SPDX-License-Identifier: Apache-2.0

import { randomFillSync } from 'node:crypto';
/** The host's ends of serial lines, each of which the emulator carries in a TCP connection. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ImplementationLimits } from '../../src/limits.ts';
import { Line } from '../../src/link/line.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { Listener } from '../../src/node/tcp.ts';
import { after } from '../../src/node/timer.ts';

/** Bytes that may wait for a board that does not read. */
const MAX_QUEUED_BYTES = 16 * ImplementationLimits.linkMaxMessageBytes;

/** Listens on loopback. `onLink` adopts each link that a line has. */
export async function listenLines(onLink: (link: Link) => LinkEvents): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    attachLine(socket, onLink);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function attachLine(socket: Socket, onLink: (link: Link) => LinkEvents): void {
  socket.setNoDelay(true);
  const line = new Line({
    after,
    fillRandom: (target) => void randomFillSync(target),
    write: (frame) => writeFrame(socket, frame),
    maxMessageBytes: ImplementationLimits.linkMaxMessageBytes,
    onLink,
  });
  socket.on('data', (bytes) => line.push(bytes));
  // 'close' follows.
  socket.on('error', () => undefined);
  socket.on('close', () => line.close());
}

function writeFrame(socket: Socket, frame: Uint8Array): boolean {
  if (socket.destroyed || socket.writableLength > MAX_QUEUED_BYTES) return false;
  socket.write(frame);
  return true;
}
