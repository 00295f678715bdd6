// SPDX-License-Identifier: Apache-2.0

/**
 * What gateway and server keep in lmdb: a process ends by SIGKILL before, in and after each of its commits, and the next
 * one finds all commits that had resolved, and of the one under way all or nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOMENTS, stateAfter } from '../database-plan.ts';
import type { Outcome, Scenario } from '../scenario.ts';

const PROGRAM = fileURLToPath(new URL('../database-process.ts', import.meta.url));
const COMMITS = 2;

export const database: Scenario = Object.freeze({
  name: 'database',
  run(seed: number): Outcome {
    const failed: string[] = [];
    let points = 0;
    for (let at = 0; at < COMMITS; at++)
      for (const moment of MOMENTS) {
        points += 1;
        const found = kill(seed, at, moment);
        if (found !== undefined) failed.push(`database, seed ${seed}, commit ${at}, ${moment}: ${found}`);
      }
    return { points, failed };
  },
});

/** What is wrong with what the next process finds. */
function kill(seed: number, at: number, moment: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'pne-database-'));
  try {
    const killed = start(['write', folder, String(seed), String(at), moment]);
    if (killed.signal !== 'SIGKILL') return `the process ended with ${killed.status}: ${killed.stderr}`;
    const resolved = killed.stdout.split('\n').filter((line) => line === 'resolved').length;
    const { stdout, status, stderr } = start(['read', folder]);
    if (status !== 0) return stderr;
    const allowed = [stateAfter(seed, resolved), stateAfter(seed, at + 1)];
    if (moment === 'before') allowed.pop();
    return allowed.includes(stdout.trim()) ? undefined : `after ${resolved} commits it has ${stdout.trim()}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function start(args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', PROGRAM, ...args], { encoding: 'utf8' });
}
