// SPDX-License-Identifier: Apache-2.0

/**
 * Clients that are silent, slow, flooding or malformed, at every port of the programs: each attack at each of them, from
 * more connections than the port has. What stays is a bounded number of connections, and whoever comes is still served.
 * Links that strangers open are in `hostile-links.test.ts`. Administration has no port: it is done in the folder
 * (`state.test.ts`).
 */
import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createFill } from '../../bytes/random.testing.ts';
import { encodeFrame } from '../../link/frame.ts';
import { until } from '../listener.testing.ts';
import type { Port } from './hostile.testing.ts';
import { open, PORTS } from './hostile-ports.testing.ts';

const test = suite('hostile clients');
const MORE = 20;

interface Attack {
  /** What one connection does. */
  begin(socket: Socket, port: Port): void;
  /** Whether the port closes every connection of it. */
  readonly isEnded: boolean;
}

const CHUNK = new Uint8Array(16_384);
createFill(11)(CHUNK);
/** Of one connection: far more than what waits in the system for whoever reads. */
const FLOOD_BYTES = 2 ** 26;

const ATTACKS: Readonly<Record<string, Attack>> = {
  silent: { begin(): void {}, isEnded: false },
  slow: { begin: (socket, { beginning }) => void socket.write(beginning), isEnded: false },
  malformed: {
    begin: (socket) => void socket.write(Buffer.concat([CHUNK, Buffer.from('\r\n\r\n')])),
    isEnded: true,
  },
  flooding: { begin: flood, isEnded: true },
  'flooding with frames': {
    begin(socket): void {
      for (let count = 0; count < 50; count += 1)
        socket.write(encodeFrame(CHUNK.subarray(count, count + 100)));
    },
    isEnded: false,
  },
};

/** Writes for as long as it is read. */
function flood(socket: Socket): void {
  const more = () => {
    while (!socket.destroyed && socket.bytesWritten < FLOOD_BYTES) if (!socket.write(CHUNK)) return;
  };
  socket.on('drain', more);
  more();
}

for (const [where, start] of Object.entries(PORTS))
  for (const [name, attack] of Object.entries(ATTACKS))
    test(`${name} clients at ${where} take a bounded number of connections, and nobody's place`, async () => {
      const port = await start();
      const sockets: Socket[] = [];
      for (let count = 0; count < port.most + MORE; count += 1) {
        const socket = await open(port.port);
        sockets.push(socket);
        attack.begin(socket, port);
      }
      const opened = () => sockets.filter(({ destroyed }) => !destroyed).length;
      const allowed = attack.isEnded ? 0 : port.most;
      await until(() => opened() <= allowed, `${opened()} of ${sockets.length} connections are open`);
      await port.serve();
      const written = Math.max(...sockets.map(({ bytesWritten }) => bytesWritten));
      assert.ok(written < FLOOD_BYTES, `${written} bytes were read`);
      for (const socket of sockets) socket.destroy();
      await port.serve();
      await port.close();
    });

test.run();
