// SPDX-License-Identifier: Apache-2.0

/** The gateway's TCP listener against peers that vanish, lie, dribble or do not read. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { encodeBeat, encodeFrame } from '../link/frame.ts';
import { NodeLimits } from '../node-limits.ts';
import type { Refusal } from '../refusal.ts';
import { connectRaw, Owner, until } from './listener.testing.ts';
import { connectTcp, type Listener, listenLine, listenTcp } from './tcp.ts';

const test = suite('node/tcp');
const { linkBeatMs, linkMaxSilentBeats, linkMaxMessageBytes } = ImplementationLimits;
const BOUND_MS = (linkMaxSilentBeats + 1) * linkBeatMs;
const MESSAGE = Uint8Array.of(1, 2, 3);

async function withListener(
  owner: Owner,
  work: (port: number) => Promise<void>,
  listen: (owner: Owner) => Promise<Listener> = () => listenTcp(0, owner.adopt, owner.time.after),
): Promise<void> {
  const listener = await listen(owner);
  try {
    await work(listener.port);
  } finally {
    await listener.close();
  }
  await owner.closed(owner.links.length);
  assert.equal(owner.time.running, 0);
  assert.ok(owner.closings.every((count) => count === 1));
}

test('40 peers that vanished are closed within the bound, and one that beats is not', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    const alive = await connectRaw(port);
    await owner.opened(1);
    const gone = await Promise.all(Array.from({ length: 40 }, () => connectRaw(port)));
    for (const [index, socket] of gone.entries()) socket.write(encodeFrame(MESSAGE).subarray(0, index % 6));
    await owner.opened(41);
    await until(() => owner.messages.length >= 6, 'the whole messages among them');
    for (let passed = 0; passed < BOUND_MS; passed += linkBeatMs) {
      alive.write(encodeFrame(Uint8Array.of(passed & 0xff)));
      await until(() => owner.messages.length > 6 + passed / linkBeatMs, 'a word of the one that lives');
      owner.time.pass(linkBeatMs);
    }
    await owner.closed(40);
    assert.equal([owner.open, owner.closings[0]], [1, 0]);
  });
});

test('what a listener sends inside onLink arrives, 200 of 200', async () => {
  const owner = new Owner((link) => link.send(MESSAGE));
  await withListener(owner, async (port) => {
    for (let count = 0; count < 200; count += 1) {
      const socket = await connectRaw(port);
      const bytes = await new Promise((resolve) => socket.once('data', resolve));
      assert.equal(new Uint8Array(bytes as Buffer), encodeFrame(MESSAGE));
      socket.destroy();
      await owner.closed(count + 1);
    }
  });
});

for (const [name, bytes] of [
  ['a frame over the limit', Uint8Array.of((linkMaxMessageBytes + 1) >> 8, (linkMaxMessageBytes + 1) & 0xff)],
  ['a request of HTTP', new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n')],
  ['bytes of 255', new Uint8Array(100).fill(255)],
] as const) {
  test(`${name} closes the link`, async () => {
    const owner = new Owner();
    await withListener(owner, async (port) => {
      const socket = await connectRaw(port);
      socket.write(bytes);
      await owner.closed(1);
      assert.equal(owner.messages, []);
    });
  });
}

test('a peer that does not read costs bounded memory, and is closed although it beats', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    const socket = await connectRaw(port);
    socket.pause();
    await owner.opened(1);
    let sent = 0;
    const fill = () => {
      for (;;) {
        owner.links[0]!.send(new Uint8Array(linkMaxMessageBytes));
        sent += linkMaxMessageBytes;
      }
    };
    const isFull = (error: Refusal) => error.reasonName === 'queueFull';
    // What the kernel takes is not ours to count: filled again until nothing moves any more.
    for (let before = -1; before !== sent; await new Promise((resolve) => setTimeout(resolve, 50))) {
      before = sent;
      assert.throws(fill, isFull);
    }
    const beat = setInterval(() => socket.write(encodeBeat()), 5);
    for (let passed = 0; passed <= BOUND_MS + linkBeatMs; passed += linkBeatMs) {
      owner.time.pass(linkBeatMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    clearInterval(beat);
    await owner.closed(1);
  });
});

test('links past the limit are not taken, and room that is left is given again', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    const sockets = [];
    for (let count = 0; count < NodeLimits.listenerMaxLinks; count += 1) sockets.push(await connectRaw(port));
    await owner.opened(NodeLimits.listenerMaxLinks);
    const refused = await connectRaw(port);
    await until(() => refused.destroyed, 'the end of one too many');
    assert.is(owner.links.length, NodeLimits.listenerMaxLinks);
    sockets[0]!.destroy();
    await owner.closed(1);
    await connectRaw(port);
    await owner.opened(NodeLimits.listenerMaxLinks + 1);
  });
});

test('a line is waited for without end, and no beats are sent on it', async () => {
  const owner = new Owner();
  const work = async (port: number) => {
    const socket = await connectRaw(port);
    await owner.opened(1);
    owner.time.pass(10 * BOUND_MS);
    socket.write(encodeFrame(MESSAGE));
    await until(() => owner.messages.length === 1, 'a message');
    assert.is(socket.bytesRead, 0);
  };
  await withListener(owner, work, () => listenLine(0, owner.adopt));
});

test('who connects has a link at once, and none where nobody listens', async () => {
  const [owner, client] = [new Owner(), new Owner((link) => link.send(MESSAGE))];
  let port = 0;
  await withListener(owner, async (listening) => {
    port = listening;
    await connectTcp(port, client.adopt);
    await until(() => owner.messages.length === 1, 'its message');
    owner.links[0]!.send(MESSAGE);
    await until(() => client.messages.length === 1, 'the answer');
  });
  await client.closed(1);
  try {
    await connectTcp(port, client.adopt);
    assert.unreachable();
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  }
  assert.is(client.links.length, 1);
});

test.run();
