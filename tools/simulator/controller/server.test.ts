// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../../src/bytes/hex.ts';
import { parseAddress } from './address.ts';
import { Air } from './air/air.ts';
import { startPacing } from './air/pacing.ts';
import { seededRandom } from './hand-host.testing.ts';
import { encodeCommand } from './hci/packet.ts';
import { serveController } from './server.ts';

const test = suite('simulator/controller/server');

const ADDRESS = 'C0:00:00:00:00:01';
const READ_ADDRESS = encodeCommand(0x1009);
const RANDOM = encodeCommand(0x2018);
const ANSWER = '040e0a010910000100000000c0';

/** `drawn`: how often the controller has asked for random bytes. */
async function withServer(
  run: (open: () => Promise<Socket>, drawn: () => number) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hci-'));
  let count = 0;
  const random = seededRandom('server');
  const air = new Air((length) => {
    count += 1;
    return random(length);
  });
  const pacing = startPacing(air.clock);
  const path = join(folder, 'hci');
  const server = await serveController({ air, address: parseAddress(ADDRESS), path });
  const sockets: Socket[] = [];
  try {
    await run(
      async () => {
        const socket = connect(path);
        sockets.push(socket);
        await once(socket, 'connect');
        return socket;
      },
      () => count,
    );
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.close();
    pacing.stop();
    await rm(folder, { recursive: true });
  }
}

async function read(socket: Socket, length: number): Promise<string> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) bytes = Buffer.concat([bytes, (await once(socket, 'data'))[0] as Buffer]);
  return toHex(bytes);
}

test('a host is answered, however its commands are cut', () =>
  withServer(async (open) => {
    const socket = await open();
    for (const octet of READ_ADDRESS) socket.write(Uint8Array.of(octet));
    assert.is(await read(socket, 13), ANSWER);
  }));

test('a socket serves one host at a time, and the next when it is gone', () =>
  withServer(async (open) => {
    const first = await open();
    first.write(READ_ADDRESS);
    await read(first, 13);
    const second = await open();
    await once(second, 'close');
    first.end();
    await once(first, 'close');
    const third = await open();
    third.write(READ_ADDRESS);
    assert.is(await read(third, 13), ANSWER);
  }));

test('a host that does not speak H4 is put out, and the next is served', () =>
  withServer(async (open) => {
    const first = await open();
    first.write('GET / HTTP/1.1');
    await once(first, 'close');
    const second = await open();
    second.write(READ_ADDRESS);
    assert.is(await read(second, 13), ANSWER);
  }));

test('a host that asks and never reads is not worked for', () =>
  withServer(async (open, drawn) => {
    const socket = await open();
    for (let round = 0; round < 100; round += 1) socket.write(Buffer.concat(Array(1000).fill(RANDOM)));
    for (let before = -1; before !== drawn(); ) {
      before = drawn();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(drawn() > 0);
    assert.ok(drawn() < 100_000, `${drawn()} answers`);
  }));

test.run();
