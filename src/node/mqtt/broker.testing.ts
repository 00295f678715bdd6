// SPDX-License-Identifier: Apache-2.0

/** Test code: an MQTT broker in this process, and what lies at it. */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { until } from '../listener.testing.ts';

export class TestBroker {
  /** What was published, retained or not, in its order. */
  readonly published: { readonly topic: string; readonly payload: string; readonly retain: boolean }[] = [];
  /** What is kept, by topic. */
  readonly retained = new Map<string, string>();
  /** Confirmations that are held back. */
  readonly held: (() => void)[] = [];
  holds = false;
  refusesPassword = false;
  port = 0;
  private broker: Aedes | undefined;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    const broker = await Aedes.createBroker({
      authenticate: (_client, _user, password, done) => {
        const isGood = !this.refusesPassword || String(password) === 'secret';
        done(isGood ? null : Object.assign(new Error('no'), { returnCode: 5 }), isGood);
      },
      authorizePublish: (_client, packet, done) => {
        const { topic, retain } = packet;
        const payload = String(packet.payload);
        this.published.push({ topic, payload, retain });
        if (retain && payload === '') this.retained.delete(topic);
        else if (retain) this.retained.set(topic, payload);
        if (this.holds) this.held.push(() => done(null));
        else done(null);
      },
    });
    this.broker = broker;
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      broker.handle(socket);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as { port: number }).port;
    return this;
  }

  /** Publishes as another client of it. */
  async publish(topic: string, payload: string | Buffer, retain = false): Promise<void> {
    const packet = {
      cmd: 'publish',
      topic,
      payload: Buffer.from(payload),
      qos: 1,
      dup: false,
      retain,
    } as const;
    await new Promise<void>((resolve, reject) =>
      this.broker!.publish(packet, (error) => (error == null ? resolve() : reject(error))),
    );
  }

  /** Cuts all connections without a word. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    const { broker, server } = this;
    await new Promise<void>((resolve) => server!.close(() => resolve()));
    await new Promise<void>((resolve) => broker!.close(() => resolve()));
  }

  has(topic: string, payload: string | RegExp): Promise<void> {
    const matches = (each: string) => (typeof payload === 'string' ? each === payload : payload.test(each));
    const found = () => this.published.some((each) => each.topic === topic && matches(each.payload));
    return until(found, `${topic} ${payload} of ${JSON.stringify(this.published)}`);
  }

  payloadsOf(topic: string): string[] {
    return this.published.filter((each) => each.topic === topic).map(({ payload }) => payload);
  }
}
