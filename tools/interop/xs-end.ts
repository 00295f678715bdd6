// SPDX-License-Identifier: Apache-2.0

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { listenTcp } from '../../src/node/tcp.ts';
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { engine, spawnXs } from '../build/xs.ts';
import { accepted, type End, type Values } from './end.ts';

/** Started from a timer, because the stack is the device's only once the body of the bundle has ended. */
const PROGRAM = `
import { after } from './firmware/platform/timer.ts';
import { fillRandom } from './firmware/platform/random.ts';
import { overStream } from './firmware/links/stream-link.ts';
import { serveOwnEnd } from './tools/interop/xs-program.ts';

after(0, () => overStream('127.0.0.1', PORT)((link) => serveOwnEnd(link, fillRandom), () => {
  throw new Error('cannot connect');
}));
`;

/** Runs our end as a program of the Linux board, with a device's stack and heap. */
export async function startXsEnd(): Promise<End> {
  const { name, version } = engine();
  let child: ChildProcess | undefined;
  const channel = createChannel(() => child?.exitCode ?? undefined);
  const listener = await listenTcp(0, channel.adopt);
  const define = { PORT: String(listener.port) };
  const bundle = await bundleForXs({ contents: PROGRAM, resolveDir: ROOT }, 'interop', { define });
  child = spawnXs(bundle);
  child.stdout?.pipe(process.stderr);
  child.stderr?.pipe(process.stderr);
  child.on('exit', channel.fail);
  await channel.connected;
  return {
    name: `${name} ${version}, noble`,
    ask: async (request) =>
      accepted(name, request, JSON.parse(await channel.exchange(JSON.stringify(request))) as Values),
    async close() {
      child!.kill();
      if (child!.exitCode === null && child!.signalCode === null) await once(child!, 'exit');
      await listener.close();
    },
  };
}

interface Channel {
  readonly connected: Promise<void>;
  adopt(link: Link): LinkEvents;
  /** One request at a time. */
  exchange(text: string): Promise<string>;
  fail(): void;
}

function createChannel(exitCode: () => number | undefined): Channel {
  let link: Link | undefined;
  let onConnected: () => void;
  let onFailed: (error: Error) => void;
  let onAnswer: (text: string) => void = () => undefined;
  const connected = new Promise<void>((resolve, reject) => {
    onConnected = resolve;
    onFailed = reject;
  });
  return {
    connected,
    adopt(opened) {
      link = opened;
      onConnected();
      return {
        onMessage: (bytes) => onAnswer(Buffer.from(bytes).toString('utf8')),
        onClosed: () => undefined,
      };
    },
    exchange(text) {
      return new Promise((resolve, reject) => {
        onAnswer = resolve;
        onFailed = reject;
        link!.send(Buffer.from(text));
      });
    },
    fail: () => onFailed(new Error(`the program in XS ended with status ${exitCode()}`)),
  };
}
