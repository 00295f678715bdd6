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
const ANSWER = '040e0a0109100001000000' + '00c0';

async function withServer(run: (open: () => Promise<Socket>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hci-'));
  const air = new Air(seededRandom('server'));
  const pacing = startPacing(air.clock);
  const path = join(folder, 'hci');
  const server = await serveController({ air, address: parseAddress(ADDRESS), path });
  const sockets: Socket[] = [];
  try {
    await run(async () => {
      const socket = connect(path);
      sockets.push(socket);
      await once(socket, 'connect');
      return socket;
    });
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

test('a host that asks and never reads does not fill the memory', () =>
  withServer(async (open) => {
    const socket = await open();
    const commands = Buffer.concat(Array.from({ length: 1000 }, () => READ_ADDRESS));
    let isFull = false;
    for (let round = 0; round < 20_000 && !isFull; round += 1) {
      isFull = !socket.write(commands) && socket.writableLength > 4_000_000;
      if (round % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.ok(isFull);
  }));

test.run();
