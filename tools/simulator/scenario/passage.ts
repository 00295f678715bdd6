// SPDX-License-Identifier: Apache-2.0

/**
 * The way by TCP from one to others, which may be slow, or away for a while. It has one address, and each connection
 * to that goes on to the next of those who are there, in turn, as with a radio that several gateways hear: which of
 * them lets a PNE in is theirs to say.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

export class Passage {
  /** Bytes on their way back that are held up. */
  heldBytes = 0;
  private readonly ports: readonly number[];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private turn = 0;
  private isCut = false;
  private held: (() => void)[] | undefined;

  static async open(ports: readonly number[]): Promise<Passage> {
    const passage = new Passage(ports);
    await new Promise<void>((resolve) => passage.server.listen(0, HOST, resolve));
    return passage;
  }

  private constructor(ports: readonly number[]) {
    this.ports = ports;
    this.server = createServer({ allowHalfOpen: true }, (near) => this.join(near));
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** What is on its way back to whoever has connected stays there until `release`. */
  hold(): void {
    this.held ??= [];
    this.heldBytes = 0;
  }

  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const write of held) write();
  }

  /** Nobody comes through until `mend`, and who was there is there no more. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  /** The next connection goes to that one of them. */
  turnTo(port: number): void {
    this.turn = this.ports.indexOf(port);
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private join(near: Socket): void {
    if (this.isCut) return void near.destroy();
    const far = connect(this.ports[this.turn % this.ports.length]!, HOST);
    this.turn += 1;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => {});
      // What one end has sent arrives, also when that end is no more.
      from.on('close', () => {
        this.sockets.delete(from);
        to.end();
        to.resume();
      });
    }
    near.pipe(far);
    far.on('data', (bytes) => this.pass(near, bytes));
  }

  private pass(near: Socket, bytes: Uint8Array): void {
    if (this.held === undefined) return void near.write(bytes);
    this.heldBytes += bytes.length;
    this.held.push(() => void near.write(bytes));
  }
}
