// SPDX-License-Identifier: Apache-2.0

/**
 * A controller behind a Unix socket that speaks H4, for a host in another process, such as Bumble
 * (`unix:PATH`) or ble-host (src/node/ble/h4-socket.ts). A socket is a device: it has one address and serves one host at a
 * time. When the host goes, the controller goes, as when the power does; the next host gets a new one.
 */
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { PacketStream } from '../../../src/node/ble/h4.ts';
import { Refusal } from '../../../src/refusal.ts';
import { Controller, type ControllerOptions } from './controller.ts';

export interface ControllerServerOptions extends Omit<ControllerOptions, 'deliver' | 'isCongested'> {
  /** Path of the socket; a file there is replaced. */
  readonly path: string;
}

export interface ControllerServer {
  close(): Promise<void>;
}

/** Octets that may wait for a host that does not read. */
const MAX_WAITING = 65_536;

export async function serveController(options: ControllerServerOptions): Promise<ControllerServer> {
  let current: Socket | undefined;
  const server = createServer((socket) => {
    if (current !== undefined) {
      socket.destroy();
      return;
    }
    current = socket;
    socket.on('close', () => {
      current = undefined;
    });
    serve(options, socket);
  });
  await rm(options.path, { force: true });
  await listen(server, options.path);
  return {
    async close() {
      current?.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(options: ControllerServerOptions, socket: Socket): void {
  const stream = new PacketStream();
  const isCongested = () => socket.writableLength > MAX_WAITING;
  const controller = new Controller({
    ...options,
    isCongested,
    deliver(packet) {
      if (!socket.destroyed) socket.write(packet);
    },
  });
  socket.on('data', (chunk) => {
    const packets = cut(stream, chunk);
    if (packets === undefined) return void socket.destroy();
    // Time passes in this, for other hosts too: what one of them throws is not this one's fault.
    for (const packet of packets) controller.receive(packet);
    if (isCongested()) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  // A host that goes without a word: 'close' follows.
  socket.on('error', () => undefined);
  socket.on('close', () => controller.close());
}

/** Undefined where the host sends no packets of HCI. */
function cut(stream: PacketStream, chunk: Uint8Array): Uint8Array[] | undefined {
  try {
    return stream.feed(chunk);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
