// SPDX-License-Identifier: Apache-2.0

/** The server program in a process of its own, bundled so that it starts fast. */
import { type ChildProcess, spawn } from 'node:child_process';
import { bundleNodeProgram } from '../build/node-program.ts';
import { endWithUs } from '../simulator/ending.ts';

/** Characters of its log that are kept. */
const MAX_SAID = 10_000;

export function bundleServer(): Promise<string> {
  return bundleNodeProgram('src/node/programs/main.ts', 'pne-runtime');
}

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Resolves with its exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves with the milliseconds from its start when it listens. */
  readonly listening: Promise<number>;
  /** The last that it said. */
  log(): string;
}

/** `shell`: what stands before its command, in the same process. */
export function startServer(bundle: string, args: readonly string[], shell = ''): ServerProcess {
  const started = Date.now();
  const child = spawn('sh', ['-c', `${shell} exec node "$@"`, 'sh', bundle, 'server', ...args], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  endWithUs(child);
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (status, signal) => resolve(status ?? signal!));
  });
  let said = '';
  const listening = new Promise<number>((resolve) => {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-MAX_SAID);
      if (text.includes(' listening ')) resolve(Date.now() - started);
    });
  });
  return { child, ended, listening, log: () => said };
}
