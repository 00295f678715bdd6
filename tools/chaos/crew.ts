// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { RunOptions, Verdict } from './run.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** A run makes much that lives shortly. */
const YOUNG_HEAP = '--max-semi-space-size=64';

/** Makes the runs in as many processes as there are processors, and hands each verdict over as it comes. */
export async function runAll(
  jobs: readonly RunOptions[],
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const waiting = [...jobs];
  const count = Math.min(availableParallelism(), jobs.length);
  await Promise.all(Array.from({ length: count }, () => work(waiting, onVerdict)));
}

function work(waiting: RunOptions[], onVerdict: (verdict: Verdict) => void): Promise<void> {
  const worker = fork(WORKER, { execArgv: [...process.execArgv, YOUNG_HEAP] });
  return new Promise((resolve, reject) => {
    worker.on('message', (verdict: Verdict) => {
      onVerdict(verdict);
      next(worker, waiting);
    });
    worker.on('exit', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`a worker ended with status ${status}`));
    });
    next(worker, waiting);
  });
}

function next(worker: ChildProcess, waiting: RunOptions[]): void {
  const job = waiting.shift();
  if (job === undefined) worker.disconnect();
  else worker.send(job);
}
