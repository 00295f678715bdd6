// SPDX-License-Identifier: Apache-2.0

/**
 * What is between one PNE and the gateways in its reach. A stream has one address, and here each connection to it goes to the
 * next gateway in turn, as with a radio that several gateways hear: which of them lets the PNE in is theirs to say.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

export class Reach {
  /** Bytes to the PNE that were held back. */
  heldBytes = 0;
  private readonly gatewayPorts: readonly number[];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private turn = 0;
  private held: (() => void)[] | undefined;

  static async open(gatewayPorts: readonly number[]): Promise<Reach> {
    const reach = new Reach(gatewayPorts);
    await new Promise<void>((resolve) => reach.server.listen(0, HOST, resolve));
    return reach;
  }

  private constructor(gatewayPorts: readonly number[]) {
    this.gatewayPorts = gatewayPorts;
    this.server = createServer((near) => this.join(near));
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** What is on its way to the PNE stays there until `release`: it is slow to arrive. */
  hold(): void {
    this.held ??= [];
    this.heldBytes = 0;
  }

  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const write of held) write();
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private join(near: Socket): void {
    const far = connect(this.gatewayPorts[this.turn % this.gatewayPorts.length]!, HOST);
    this.turn += 1;
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
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
