// SPDX-License-Identifier: Apache-2.0

/** Brokers, or who stands in for one, that say nothing, too little, nonsense, or without end. */
import { createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../listener.testing.ts';
import { after } from '../timer.ts';
import { connectBroker } from './broker.ts';

const test = suite('MQTT broker');

const CONNACK = Uint8Array.of(0x20, 2, 0, 0);
/** Of the first subscription of a connection, at QoS 1. The packet's identifier is its own. */
const subackTo = (subscribe: Uint8Array) => Uint8Array.of(0x90, 3, subscribe[2]!, subscribe[3]!, 1);
/** A publication of 256 MB, as far as its length. */
const LONGEST_PUBLISH = Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f);
const CHUNK = new Uint8Array(16_384);
/** Far more than waits in the system for whoever reads. */
const FLOOD_BYTES = 2 ** 26;

/** What the first connection meets; those that follow meet a broker. */
async function meet(attack: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
    if (sockets.length === 1) attack(socket);
    else serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const failures: string[] = [];
  let isThere = false;
  const broker = connectBroker({
    ...{ url: `mqtt://127.0.0.1:${port}`, clientId: 'x', after, random: () => 0 },
    ...{ will: { topic: 'a', payload: 'b' }, subscription: 'c' },
    onMessage(): void {},
    onBroker(there): void {
      isThere = there;
    },
    onUnreachable: ({ message }) => void failures.push(message),
  });
  await until(() => sockets.length > 1 && isThere, 'a broker that comes after it');
  await until(() => sockets[0]!.destroyed, 'the end of the first connection');
  await broker.close();
  await new Promise((resolve) => server.close(resolve));
  return { failures, written: sockets[0]!.bytesWritten };
}

/** As far as a subscription. */
function serve(socket: Socket): void {
  socket.once('data', () => {
    socket.write(CONNACK);
    socket.once('data', (subscribe: Uint8Array) => socket.write(subackTo(subscribe)));
  });
}

function flood(socket: Socket): void {
  const more = () => {
    while (!socket.destroyed && socket.bytesWritten < FLOOD_BYTES) if (!socket.write(CHUNK)) return;
  };
  socket.on('drain', more);
  more();
}

test('one that says nothing, and one that says half a word, are given up in time', async () => {
  const results = [(): void => {}, (socket: Socket) => void socket.write(CONNACK.subarray(0, 3))].map(meet);
  for (const { failures } of await Promise.all(results)) assert.match(failures.join(), /timeout/);
});

test('one that speaks nonsense is given up at once', async () => {
  const { failures } = await meet((socket) => void socket.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff)));
  assert.is(failures.length, 1);
});

test('a packet without end is not kept until it ends', async () => {
  const { failures, written } = await meet((socket) => {
    serve(socket);
    socket.write(LONGEST_PUBLISH);
    flood(socket);
  });
  assert.match(failures.join(), /longer than any command/);
  assert.ok(written < FLOOD_BYTES, `${written} bytes were read`);
});

test.run();
