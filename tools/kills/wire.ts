// SPDX-License-Identifier: Apache-2.0

/** What stands between a gateway and its server, so that the two can be parted while both live. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Wire {
  readonly port: number;
  private readonly listener: Server;
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(listener: Server, port: number, to: number) {
    this.listener = listener;
    this.port = port;
    listener.on('connection', (near) => (this.isCut ? near.destroy() : this.join(near, connect(to))));
  }

  /** `port`, `to`: on this machine. */
  static open(port: number, to: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const listener = createServer({ allowHalfOpen: true });
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', () => resolve(new Wire(listener, port, to)));
    });
  }

  /** All connections end, and none comes about. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.listener.close();
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      // What one end has sent arrives, also when that end is no more.
      from.pipe(to);
      from.on('error', () => to.end());
      from.once('close', () => {
        this.sockets.delete(from);
        to.end();
      });
    }
  }
}
