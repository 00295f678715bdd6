// SPDX-License-Identifier: Apache-2.0

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How often the server looks for requests that take too long, in milliseconds: Node's own default is half a minute. */
export const LOOK_FOR_SLOW_MS = 1000;

/**
 * Keeps to so many connections: of those on which nothing is answered, the one that came first makes room for a newcomer,
 * so that nobody is kept out by connections that say nothing.
 */
export function boundConnections(server: Server, most: number): void {
  /** The oldest first. */
  const idle = new Set<Socket>();
  let open = 0;
  server.on('connection', (socket: Socket) => {
    if (open >= most && !makeRoom()) return void socket.destroy();
    open += 1;
    idle.add(socket);
    socket.once('close', () => {
      open -= 1;
      idle.delete(socket);
    });
  });
  server.prependListener('request', ({ socket }, response) => {
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });

  function makeRoom(): boolean {
    for (const socket of idle) {
      idle.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }
}
