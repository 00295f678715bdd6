// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './scenario.ts';

export interface Job {
  readonly scenario: string;
  readonly seed: number;
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Processes that make one job after the other, as many as there are processors. */
export class Crew {
  private readonly workers = Array.from({ length: availableParallelism() }, () => fork(WORKER));

  /** Makes all of them. */
  async make(jobs: readonly Job[], onOutcome: (job: Job, outcome: Outcome) => void): Promise<void> {
    const waiting = [...jobs];
    await Promise.all(this.workers.map((worker) => work(worker, waiting, onOutcome)));
  }

  close(): void {
    for (const worker of this.workers) worker.disconnect();
  }
}

async function work(
  worker: ChildProcess,
  waiting: Job[],
  onOutcome: (job: Job, outcome: Outcome) => void,
): Promise<void> {
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
    onOutcome(job, await answer(worker, job));
  }
}

function answer(worker: ChildProcess, job: Job): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ended = (status: number | null) => reject(new Error(`a worker ended with status ${status}`));
    worker.once('exit', ended);
    worker.once('message', (outcome: Outcome) => {
      worker.off('exit', ended);
      resolve(outcome);
    });
    worker.send(job);
  });
}
