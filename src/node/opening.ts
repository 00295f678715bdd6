// SPDX-License-Identifier: Apache-2.0

/** A listener's connections that have not become links: few, and not for long. */
import type { Socket } from 'node:net';
import { ImplementationLimits } from '../limits.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';

interface Opening {
  readonly socket: Socket;
  readonly deadline: RunningTimer;
}

export class OpeningConnections {
  private readonly after: After;
  /** The oldest first, by who is at the other end: a connection and the TLS on it are two sockets. */
  private readonly opening = new Map<string, Opening>();

  constructor(after: After) {
    this.after = after;
  }

  /** Counts a new connection; where there is no room, the oldest one is closed for it. */
  add(socket: Socket): void {
    if (this.opening.size >= NodeLimits.listenerMaxOpening) this.closeOldest();
    const deadline = this.after(ImplementationLimits.linkOpeningMs, () => socket.destroy());
    const peer = peerOf(socket);
    this.opening.set(peer, { socket, deadline });
    socket.once('close', () => {
      if (this.opening.get(peer)?.socket === socket) this.end(peer);
    });
  }

  /** It has become a link. */
  remove(socket: Socket): void {
    this.end(peerOf(socket));
  }

  private end(peer: string): void {
    this.opening.get(peer)?.deadline.cancel();
    this.opening.delete(peer);
  }

  private closeOldest(): void {
    for (const [peer, { socket }] of this.opening) {
      this.end(peer);
      socket.destroy();
      return;
    }
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
