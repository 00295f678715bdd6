// SPDX-License-Identifier: Apache-2.0

/**
 * What a stranger costs: at every port of the programs, as many as it has room for, each of which has sent as much of a
 * message as may wait. `PNE_FIGURES=1` prints what each takes of the heap and of what that knows outside of it, which
 * what OpenSSL keeps of a TLS record, of 16 KB at most, is no part of.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../limits.ts';
import { encodeFrame } from '../../link/frame.ts';
import { BINARY, openWebSocket, webSocketFrame } from '../web-socket.testing.ts';
import { open, PORTS } from './hostile-ports.testing.ts';

const test = suite('memory of strangers');
const PROCESS = fileURLToPath(new URL('hostile-memory.testing.ts', import.meta.url));

const { linkMaxMessageBytes } = ImplementationLimits;
/** The longest message, what a connection of Node's takes, and a handshake that is half open. */
const MOST_BYTES = 8 * linkMaxMessageBytes;

const LOOK_MS = 20;

interface Stranger {
  readonly beginning: Uint8Array;
  open(port: number): Promise<Socket>;
}

const MESSAGE = new Uint8Array(linkMaxMessageBytes);

/** All but the last byte of the longest message of a port, or as much of it. */
const LONGEST: Readonly<Record<string, Stranger>> = {
  'the port of a server': { open: openWebSocket, beginning: webSocketFrame(BINARY, MESSAGE).subarray(0, -1) },
  "a gateway's port for bridges": {
    open: openWebSocket,
    beginning: webSocketFrame(BINARY, MESSAGE).subarray(0, -1),
  },
  'the port of a server with TLS': {
    open,
    beginning: Uint8Array.of(0x16, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xfb, ...MESSAGE),
  },
  "a gateway's port for PNEs": { open, beginning: encodeFrame(MESSAGE).subarray(0, -1) },
};

/** A request whose header does not end. */
function endlessHeader(beginning: readonly number[]): Uint8Array {
  return Uint8Array.from([...beginning, ...new Uint8Array(3000).fill(0x78)]);
}

for (const name of Object.keys(PORTS))
  test(`a stranger at ${name} takes no more than ${MOST_BYTES} bytes`, async () => {
    const child = fork(PROCESS, [name], { execArgv: [...process.execArgv, '--expose-gc'] });
    const [{ port, most, beginning }] = await once(child, 'message');
    const { open: begin, beginning: bytes } = LONGEST[name] ?? { open, beginning: endlessHeader(beginning) };
    const fill = () => strangers(most, () => begin(port), bytes);
    const idle = await taken(child, () => true);
    // The first ones also cost what is compiled and kept for all.
    for (const socket of await fill()) socket.destroy();
    const before = await taken(child, (connections) => connections <= idle.connections);
    const sockets = await fill();
    const opened = () => sockets.filter(({ destroyed }) => !destroyed).length;
    const after = await taken(child, (connections) => connections === before.connections + opened());
    const each = Math.round((after.bytes - before.bytes) / Math.max(1, opened()));
    if (process.env.PNE_FIGURES !== undefined) console.log(`${name}: ${each} bytes for each of ${opened()}`);
    assert.ok(opened() > most / 4, `${opened()} connections`);
    assert.ok(each < MOST_BYTES, `${each} bytes`);
    for (const socket of sockets) socket.destroy();
    child.disconnect();
    await once(child, 'exit');
  });

/** Each has sent these bytes. */
async function strangers(count: number, begin: () => Promise<Socket>, bytes: Uint8Array): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const socket = await begin();
    sockets.push(socket);
    await new Promise((resolve) => socket.write(bytes, resolve));
  }
  return sockets;
}

interface Taken {
  readonly connections: number;
  readonly bytes: number;
}

/** Once it has the connections that it is to have, and has read what came on them. */
async function taken(child: ChildProcess, isThere: (connections: number) => boolean): Promise<Taken> {
  for (let asked = 0; ; asked += 1) {
    child.send('memory');
    const [answer] = (await once(child, 'message')) as [Taken];
    if (!isThere(answer.connections)) asked = 0;
    else if (asked > 1) return answer;
    await pause(LOOK_MS);
  }
}

test.run();
