// SPDX-License-Identifier: Apache-2.0

/** A listener's connections that have not become links: few, and not for long. */
import type { Socket } from 'node:net';
import { ImplementationLimits, NodeLimits } from '../limits.ts';
import type { After, RunningTimer } from '../link/timer.ts';

export class OpeningConnections {
  private readonly after: After;
  /** The oldest first. */
  private readonly deadlines = new Map<Socket, RunningTimer>();

  constructor(after: After) {
    this.after = after;
  }

  /** Counts a new connection; where there is no room, the oldest one is closed for it. */
  add(socket: Socket): void {
    if (this.deadlines.size >= NodeLimits.listenerMaxOpening) this.closeOldest();
    const deadline = this.after(ImplementationLimits.linkOpeningMs, () => socket.destroy());
    this.deadlines.set(socket, deadline);
    socket.once('close', () => this.remove(socket));
  }

  /** It has become a link, or has closed. */
  remove(socket: Socket): void {
    this.deadlines.get(socket)?.cancel();
    this.deadlines.delete(socket);
  }

  private closeOldest(): void {
    for (const socket of this.deadlines.keys()) {
      this.remove(socket);
      socket.destroy();
      return;
    }
  }
}
