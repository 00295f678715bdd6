// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { RunOptions, Verdict } from './run.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** A run makes much that lives shortly. */
const YOUNG_HEAP = '--max-semi-space-size=64';

export interface CrewOptions {
  /** Path of what each runs: it answers each message with one. */
  readonly program: string;
  readonly size?: number;
  /** Options of Node. */
  readonly execArgv?: readonly string[];
}

/** Processes that make one job after the other, as many as there are processors. */
export class Crew<Job extends Serializable, Result> {
  private readonly workers: readonly ChildProcess[];

  constructor({ program, size = availableParallelism(), execArgv = [] }: CrewOptions) {
    const options = { execArgv: [...process.execArgv, ...execArgv] };
    this.workers = Array.from({ length: size }, () => fork(program, options));
  }

  /** Makes all of them, and hands each result over as it comes. Rejects where a process ends. */
  async make(jobs: readonly Job[], onResult: (job: Job, result: Result) => void): Promise<void> {
    const waiting = [...jobs];
    const work = async (worker: ChildProcess) => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift())
        onResult(job, await answer<Result>(worker, job));
    };
    await Promise.all(this.workers.map(work));
  }

  close(): void {
    for (const worker of this.workers) if (worker.connected) worker.disconnect();
  }
}

function answer<Result>(worker: ChildProcess, job: Serializable): Promise<Result> {
  return new Promise((resolve, reject) => {
    const ended = (status: number | null) => reject(new Error(`a worker ended with status ${status}`));
    worker.once('exit', ended);
    worker.once('message', (result: Result) => {
      worker.off('exit', ended);
      resolve(result);
    });
    worker.send(job);
  });
}

/** Makes the runs, and hands each verdict over as it comes. */
export async function runAll(
  jobs: readonly RunOptions[],
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const size = Math.min(availableParallelism(), jobs.length);
  const crew = new Crew<RunOptions, Verdict>({ program: WORKER, size, execArgv: [YOUNG_HEAP] });
  try {
    await crew.make(jobs, (_job, verdict) => onVerdict(verdict));
  } finally {
    crew.close();
  }
}
