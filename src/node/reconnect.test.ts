// SPDX-License-Identifier: Apache-2.0

/** The link that a gateway keeps to its server: made again after growing, jittered pauses, and not after `close`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link, LinkEvents } from '../link/link.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { NodeLimits } from '../node-limits.ts';
import { Owner, until } from './listener.testing.ts';
import { keepConnected } from './reconnect.ts';
import { connectWebSocket, listenWebSocket } from './websocket.ts';

const test = suite('node/reconnect');
const { reconnectFirstMs, reconnectMaxMs } = NodeLimits;

type OnLink = (link: Link) => LinkEvents;

/** A server that is away until a test says otherwise. */
class Server {
  readonly time = new VirtualTime();
  readonly owner = new Owner();
  tries = 0;
  /** Ends the link from the server's side. */
  end: () => void = () => {};
  isThere = false;

  keep(jitter: number) {
    return keepConnected({
      connect: (onLink) => this.connect(onLink),
      onLink: this.owner.adopt,
      after: this.time.after,
      random: () => jitter,
    });
  }

  /** The pause that runs now. */
  get pause(): number {
    return this.time.left[0]!;
  }

  private async connect(onLink: OnLink): Promise<void> {
    this.tries += 1;
    if (!this.isThere) throw new Error('nobody there');
    let closed = false;
    const end = () => {
      if (!closed) events.onClosed();
      closed = true;
    };
    const events = onLink({ close: end } as Link);
    this.end = end;
  }
}

/** Waits for a pause to begin, and lets it pass. */
async function passPause(time: VirtualTime): Promise<void> {
  await until(() => time.running === 1, 'a pause');
  time.pass(time.left[0]!);
}

/** Lets promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

for (const [name, jitter, factor] of [
  ['least', 0, 0.5],
  ['middle', 0.5, 0.75],
  ['most', 1, 1],
] as const) {
  test(`pauses double up to the longest, with the ${name} jitter`, async () => {
    const server = new Server();
    const kept = server.keep(jitter);
    for (let failures = 0; failures < 12; failures += 1) {
      await settle();
      assert.is(server.tries, failures + 1);
      assert.is(server.pause, factor * Math.min(reconnectFirstMs * 2 ** failures, reconnectMaxMs));
      server.time.pass(server.pause);
    }
    kept.close();
  });
}

test('a link that breaks soon does not shorten the pauses, one that lasts does', async () => {
  const server = new Server();
  server.isThere = true;
  const kept = server.keep(1);
  for (let failures = 0; failures < 4; failures += 1) {
    await settle();
    server.time.pass(reconnectMaxMs - 1);
    server.end();
    assert.is(server.pause, reconnectFirstMs * 2 ** failures);
    server.time.pass(server.pause);
  }
  await settle();
  server.time.pass(reconnectMaxMs);
  server.end();
  assert.is(server.pause, reconnectFirstMs);
  kept.close();
});

test('closed, it tries no more: while it waits, while it connects, while it is connected', async () => {
  for (const moment of ['waits', 'connects', 'is connected'] as const) {
    const server = new Server();
    server.isThere = moment !== 'waits';
    const kept = server.keep(1);
    if (moment !== 'connects') await settle();
    kept.close();
    kept.close();
    await settle();
    server.time.pass(10 * reconnectMaxMs);
    await settle();
    assert.equal([server.tries, server.owner.open, server.time.running], [1, 0, 0], moment);
  }
});

test('a gateway finds its server again when the listener comes back', async () => {
  const time = new VirtualTime();
  const gateway = new Owner();
  let server = new Owner((link) => link.send(Uint8Array.of(1)));
  let listener = await listenWebSocket(0, server.adopt);
  const { port } = listener;
  const kept = keepConnected({
    connect: (onLink) => connectWebSocket(`ws://127.0.0.1:${port}`, onLink),
    onLink: gateway.adopt,
    after: time.after,
    random: () => 1,
  });
  for (let round = 1; round <= 3; round += 1) {
    await gateway.opened(round);
    await server.opened(1);
    await listener.close();
    await gateway.closed(round);
    for (let failed = 0; failed < 2; failed += 1) await passPause(time);
    server = new Owner((link) => link.send(Uint8Array.of(1)));
    listener = await listenWebSocket(port, server.adopt);
    await passPause(time);
  }
  await gateway.opened(4);
  kept.close();
  await gateway.closed(4);
  assert.ok(gateway.closings.every((count) => count === 1));
  await listener.close();
});

test.run();
