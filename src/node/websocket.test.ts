// SPDX-License-Identifier: Apache-2.0

/** CPNS-2's link, at both ends, against peers that vanish, lie, dribble or do not read. */
import { createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket, WebSocketServer } from 'ws';
import { ImplementationLimits } from '../limits.ts';
import { NodeLimits } from '../node-limits.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { connectRaw, Owner, until } from './listener.testing.ts';
import { BINARY, openWebSocket, PING, TEXT, webSocketFrame } from './web-socket.testing.ts';
import { connectWebSocket, listenWebSocket } from './websocket.ts';

const test = suite('node/websocket');
const { linkBeatMs, linkMaxSilentBeats, linkMaxMessageBytes, linkOpeningMs } = ImplementationLimits;
const BOUND_MS = (linkMaxSilentBeats + 1) * linkBeatMs;
const MESSAGE = Uint8Array.of(1, 2, 3);

async function withListener(owner: Owner, work: (port: number) => Promise<void>): Promise<void> {
  const listener = await listenWebSocket(0, owner.adopt, owner.time.after);
  try {
    await work(listener.port);
  } finally {
    await listener.close();
  }
  await owner.closed(owner.links.length);
  await until(() => owner.time.running === 0, 'the end of all timers');
  assert.ok(owner.closings.every((count) => count === 1));
}

test('what either end sends inside onLink arrives, 200 of 200', async () => {
  const server = new Owner((link) => link.send(MESSAGE));
  const gateway = new Owner((link) => link.send(Uint8Array.of(9)));
  await withListener(server, async (port) => {
    for (let count = 1; count <= 200; count += 1) {
      await connectWebSocket(`ws://127.0.0.1:${port}`, gateway.adopt, gateway.time.after);
      await until(
        () => server.messages.length === count && gateway.messages.length === count,
        `pair ${count}`,
      );
      gateway.links[count - 1]!.close();
      await server.closed(count);
    }
    assert.ok(gateway.messages.every((message) => message.length === MESSAGE.length));
  });
});

test('40 peers that vanished are closed within the bound, and one that answers pings is not', async () => {
  const server = new Owner();
  const gateway = new Owner();
  await withListener(server, async (port) => {
    await connectWebSocket(`ws://127.0.0.1:${port}`, gateway.adopt, gateway.time.after);
    for (let count = 0; count < 40; count += 1) await openWebSocket(port);
    await server.opened(41);
    let pings = 0;
    const alive = new WebSocket(`ws://127.0.0.1:${port}`);
    alive.on('ping', () => {
      pings += 1;
    });
    await server.opened(42);
    for (let beats = 1; beats <= linkMaxSilentBeats + 1; beats += 1) {
      server.time.pass(linkBeatMs);
      if (beats <= linkMaxSilentBeats) await until(() => pings === beats, `ping ${beats}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await server.closed(40);
    assert.equal([server.open, server.closings[0], server.closings[41]], [2, 0, 0]);
  });
  await gateway.closed(1);
});

test('a server that vanished is noticed by its gateway within the bound', async () => {
  const gateway = new Owner();
  const silent = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  await connectWebSocket(`ws://127.0.0.1:${port}`, gateway.adopt, gateway.time.after);
  gateway.time.pass(BOUND_MS - 1);
  assert.is(gateway.open, 1);
  gateway.time.pass(1);
  await gateway.closed(1);
  assert.is(gateway.time.running, 0);
  silent.close();
});

test('a server that takes the connection and says nothing is given up', async () => {
  const gateway = new Owner();
  const held: Socket[] = [];
  const silent = createServer((socket) => void held.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const connecting = connectWebSocket(`ws://127.0.0.1:${port}`, gateway.adopt, gateway.time.after);
  await until(() => held.length === 1, 'a connection');
  gateway.time.pass(linkOpeningMs);
  await connecting.then(
    () => assert.unreachable('there is no link'),
    (error: unknown) => assert.instance(error, Error),
  );
  await until(() => gateway.time.running === 0, 'the end of all timers');
  silent.close();
  for (const socket of held) socket.destroy();
});

test('connections that never ask for a WebSocket end in time, and the oldest make room', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    const { listenerMaxOpening } = NodeLimits;
    const idle: Socket[] = [];
    for (let count = 0; count < listenerMaxOpening + 5; count += 1) idle.push(await connectRaw(port));
    await until(() => idle.slice(0, 5).every(({ destroyed }) => destroyed), 'the end of the five oldest');
    assert.is(idle.filter(({ destroyed }) => destroyed).length, 5);
    await openWebSocket(port);
    await owner.opened(1);
    assert.is(idle.filter(({ destroyed }) => destroyed).length, 6);
    owner.time.pass(linkOpeningMs);
    await until(() => idle.every(({ destroyed }) => destroyed), 'the end of all');
    assert.is(owner.open, 1);
  });
});

test('links past the limit are closed at once, and those that are there stay', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    for (let count = 0; count < NodeLimits.listenerMaxLinks; count += 1) await openWebSocket(port);
    const refused = await openWebSocket(port);
    await until(() => refused.destroyed, 'the end of one too many');
    assert.equal(
      [owner.links.length, owner.open],
      [NodeLimits.listenerMaxLinks, NodeLimits.listenerMaxLinks],
    );
  });
});

const LONG = Buffer.alloc(10);
LONG[0] = 0x82;
LONG[1] = 0x80 | 126;
LONG.writeUInt16BE(linkMaxMessageBytes + 1, 2);

for (const [name, bytes] of [
  ['a text message', webSocketFrame(TEXT, MESSAGE)],
  ['an oversized message, at its length', LONG],
  ['a frame without a mask', Uint8Array.of(0x82, 1, 7)],
  ['a reserved opcode', webSocketFrame(0x83, MESSAGE)],
  ['bytes of 255', new Uint8Array(100).fill(255)],
] as const) {
  test(`${name} closes the link, and nothing that follows is read`, async () => {
    const owner = new Owner();
    await withListener(owner, async (port) => {
      const socket = await openWebSocket(port);
      socket.write(Buffer.concat([bytes, webSocketFrame(BINARY, MESSAGE)]));
      await owner.closed(1);
      assert.equal(owner.messages, []);
    });
  });
}

test('half a frame, and a message that never ends, are given up within the bound', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    const half = await openWebSocket(port);
    half.write(webSocketFrame(BINARY, MESSAGE).subarray(0, 7));
    const endless = await openWebSocket(port);
    endless.write(webSocketFrame(0x02, MESSAGE));
    await owner.opened(2);
    owner.time.pass(BOUND_MS);
    await owner.closed(2);
    assert.equal(owner.messages, []);
  });
});

/** A peer that does not read, and for which as much waits as may. */
async function fillUp(port: number, owner: Owner): Promise<Socket> {
  const socket = await openWebSocket(port);
  await owner.opened(1);
  socket.pause();
  const fill = () => {
    for (;;) owner.links[0]!.send(new Uint8Array(linkMaxMessageBytes));
  };
  assert.throws(fill, (error: Refusal) => error.reasonName === 'queueFull');
  return socket;
}

test('a peer that does not read costs bounded memory, and is closed although it sends', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    const socket = await fillUp(port, owner);
    for (let beats = 0; beats <= linkMaxSilentBeats; beats += 1) {
      socket.write(webSocketFrame(BINARY, MESSAGE));
      await until(() => owner.messages.length > beats, 'a message');
      owner.time.pass(linkBeatMs);
    }
    await owner.closed(1);
  });
});

test('a peer that pings and does not read the answers is closed before they fill the memory', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    const socket = await fillUp(port, owner);
    for (let count = 0; count < 1000; count += 1) socket.write(webSocketFrame(PING, MESSAGE));
    await owner.closed(1);
  });
});

test('a message that its owner refuses closes that link alone', async () => {
  const owner = new Owner();
  const refusing = (link: Parameters<typeof owner.adopt>[0]) => ({
    ...owner.adopt(link),
    onMessage: () => refuse('messageInvalid'),
  });
  const listener = await listenWebSocket(0, refusing, owner.time.after);
  const socket = await openWebSocket(listener.port);
  await openWebSocket(listener.port);
  socket.write(webSocketFrame(BINARY, MESSAGE));
  await owner.closed(1);
  assert.is(owner.open, 1);
  await listener.close();
});

test('a port in use is an error of the call', async () => {
  const owner = new Owner();
  await withListener(owner, async (port) => {
    await listenWebSocket(port, owner.adopt).then(
      () => assert.unreachable('two listeners on one port'),
      (error: NodeJS.ErrnoException) => assert.is(error.code, 'EADDRINUSE'),
    );
  });
});

test.run();
