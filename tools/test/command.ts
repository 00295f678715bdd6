// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { ROOT } from '../build/bundle.ts';

export interface Finished {
  readonly status: number | null;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

/** Runs a command of this checkout. */
export function runCommand(command: string, args: readonly string[]): Promise<Finished> {
  return finish(spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Waits for a process and collects what it writes. */
export function finish(child: ChildProcess): Promise<Finished> {
  let output = '';
  const collect = (text: string) => {
    output += text;
  };
  child.stdout?.setEncoding('utf8').on('data', collect);
  child.stderr?.setEncoding('utf8').on('data', collect);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}
