// SPDX-License-Identifier: Apache-2.0

/** The PNE's end of a TCP stream, in XS on the Linux board, where a minute takes 600 ms. */
import type { ChildProcess } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../../src/limits.ts';
import { encodeBeat, encodeFrame } from '../../src/link/frame.ts';
import { Owner, until } from '../../src/node/listener.testing.ts';
import { listenTcp } from '../../src/node/tcp.ts';
import { after } from '../../src/node/timer.ts';
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { spawnXs } from '../build/xs.ts';

const test = suite('simulator/stream-link');
const { linkBeatMs, linkMaxSilentBeats } = ImplementationLimits;
const FASTER = 100;
const BEAT_MS = linkBeatMs / FASTER;

const PROGRAM = `
import { after } from './firmware/platform/timer.ts';
import { overStream } from './firmware/links/stream-link.ts';

const faster = (milliseconds, callback) => after(milliseconds / ${FASTER}, callback);
const say = (text) => console.log(text);

after(0, () => overStream('127.0.0.1', PORT, faster)((link) => {
  link.send(Uint8Array.of(1));
  return { onMessage: (message) => say('message ' + message.length), onClosed: () => say('closed') };
}, () => say('failed')));
`;

/** The program, connected to a port. It ends where its link does. */
class Pne {
  readonly said: string[] = [];
  private readonly child: ChildProcess;

  constructor(bundle: string) {
    this.child = spawnXs(bundle);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.said.push(...text.trim().split('\n'));
    });
  }

  get ended(): boolean {
    return this.child.exitCode !== null;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}

async function startPne(port: number): Promise<Pne> {
  const contents = { contents: PROGRAM, resolveDir: ROOT };
  return new Pne(await bundleForXs(contents, 'stream-link-test', { define: { PORT: String(port) } }));
}

/** A gateway that is played by hand. */
async function withRawGateway(
  work: (port: number, sockets: readonly Socket[]) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket.resume());
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work((server.address() as { port: number }).port, sockets);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

test('an idle PNE notices a gateway that vanished, once, and has said that it lives until then', async () => {
  await withRawGateway(async (port, sockets) => {
    const pne = await startPne(port);
    await until(() => sockets.length === 1, 'a connection');
    await until(() => pne.said.length > 0, 'the end of the link');
    await until(() => pne.ended, 'the end of the program: no timer is left');
    assert.equal(pne.said, ['closed']);
    const beats = linkMaxSilentBeats - 1;
    assert.is(sockets[0]!.bytesRead, encodeFrame(Uint8Array.of(1)).length + beats * encodeBeat().length);
  });
});

test('it keeps a gateway that beats, and notices when the beats end', async () => {
  await withRawGateway(async (port, sockets) => {
    const pne = await startPne(port);
    await until(() => sockets.length === 1, 'a connection');
    for (let beats = 0; beats < 4 * linkMaxSilentBeats; beats += 1) {
      sockets[0]!.write(encodeBeat());
      await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
      assert.equal(pne.said, []);
    }
    await until(() => pne.said.length > 0, 'the end of the link');
    assert.equal(pne.said, ['closed']);
  });
});

test('half a frame that never ends is no sign of life', async () => {
  await withRawGateway(async (port, sockets) => {
    const pne = await startPne(port);
    await until(() => sockets.length === 1, 'a connection');
    sockets[0]!.write(Uint8Array.of(9));
    const dribble = setInterval(() => sockets[0]!.write(Uint8Array.of(9)), BEAT_MS / 2);
    await until(() => pne.said.length > 0, 'the end of the link');
    clearInterval(dribble);
    assert.equal(pne.said, ['closed']);
  });
});

test('a frame longer than it takes ends the link, once', async () => {
  await withRawGateway(async (port, sockets) => {
    const pne = await startPne(port);
    await until(() => sockets.length === 1, 'a connection');
    sockets[0]!.write(Uint8Array.of(0xff, 0xff));
    await until(() => pne.ended, 'the end of the program');
    assert.equal(pne.said, ['closed']);
  });
});

test('it and the gateway keep each other, and what either sends at once arrives', async () => {
  const owner = new Owner((link) => link.send(Uint8Array.of(7, 7)));
  const faster = (milliseconds: number, callback: () => void) => after(milliseconds / FASTER, callback);
  const listener = await listenTcp(0, owner.adopt, faster);
  const pne = await startPne(listener.port);
  await until(() => owner.messages.length === 1 && pne.said.length === 1, 'both greetings');
  await new Promise((resolve) => setTimeout(resolve, 4 * linkMaxSilentBeats * BEAT_MS));
  assert.equal([owner.open, pne.said], [1, ['message 2']]);
  pne.stop();
  await owner.closed(1);
  await listener.close();
});

test('where nobody listens it fails, once', async () => {
  let port = 0;
  await withRawGateway(async (free) => {
    port = free;
  });
  const pne = await startPne(port);
  await until(() => pne.ended, 'the end of the program');
  assert.equal(pne.said, ['failed']);
});

test.run();
