// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime` in a process of its own, bundled so that it starts fast. */
import { type ChildProcess, spawn } from 'node:child_process';
import { bundleNodeProgram } from '../build/node-program.ts';
import { endWithUs } from '../simulator/ending.ts';

/** Characters of its log that are kept. */
const MAX_SAID = 10_000;

export function bundlePrograms(): Promise<string> {
  return bundleNodeProgram('src/node/programs/main.ts', 'pne-runtime');
}

export interface ProgramProcess {
  readonly child: ChildProcess;
  /** Resolves with its exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves with the milliseconds from its start when it listens. */
  readonly listening: Promise<number>;
  /** The last that it said. */
  log(): string;
  /** Resolves when it next says this. Rejects where it ends without. */
  says(event: string): Promise<void>;
}

/** `args`: those of `pne-runtime`. `shell`: what stands before its command, in the same process. */
export function startProgram(bundle: string, args: readonly string[], shell = ''): ProgramProcess {
  const started = Date.now();
  const child = spawn('sh', ['-c', `${shell} exec node "$@"`, 'sh', bundle, ...args], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  endWithUs(child);
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (status, signal) => resolve(status ?? signal!));
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-MAX_SAID);
  });
  const heard = (event: string) =>
    new Promise<void>((resolve) => {
      const listen = (text: string) => {
        if (!text.includes(` ${event} `)) return;
        child.stderr!.off('data', listen);
        resolve();
      };
      child.stderr!.on('data', listen);
    });
  return {
    ...{ child, ended },
    listening: heard('listening').then(() => Date.now() - started),
    log: () => said,
    says: (event) =>
      Promise.race([
        heard(event),
        ended.then((how) => {
          throw new Error(`it ended (${how}) before it said ${event}: ${said}`);
        }),
      ]),
  };
}

/** It is asked to end, and ends as it should. */
export async function endInOrder({ child, ended, log }: ProgramProcess): Promise<void> {
  child.kill('SIGTERM');
  const status = await ended;
  if (status !== 0) throw new Error(`it ended with ${status} after SIGTERM: ${log()}`);
}
