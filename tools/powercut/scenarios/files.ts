// SPDX-License-Identifier: Apache-2.0

/**
 * The store of the Linux board, `boards/linux/keyvalue.c`, and its root key: the firmware's store in XS, ended by SIGKILL
 * at each call that changes a file, and started again.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OUTPUT, ROOT } from '../../build/bundle.ts';
import { xsCommand } from '../../build/xs.ts';
import type { Outcome, Scenario } from '../scenario.ts';

const BUNDLE = join(OUTPUT, 'bundles', 'store-changes.js');
const LIBRARY = join(OUTPUT, 'linux', 'kill-at.so');

/** Starts a process each: every so many calls, beginning with another one for each seed. */
const STRIDE = 5;

interface Life {
  readonly signal: string | null;
  readonly status: number | null;
  /** What its store held when it started, and after each change. */
  readonly states: readonly string[];
}

export const files: Scenario = Object.freeze({
  name: 'files',
  run(seed: number): Outcome {
    build();
    const { status, states: whole } = inFolder((folder) => live(folder));
    if (status !== 0) throw new Error(`files, without a kill: ended with ${status}`);
    const failed: string[] = [];
    let points = 0;
    for (let at = seed % STRIDE; ; at += STRIDE) {
      const found = inFolder((folder) => cutAt(folder, at, whole));
      if (found === undefined) return { points, failed };
      points += 1;
      if (found !== '') failed.push(`files, seed ${seed}, call ${at}: ${found}`);
    }
  },
});

/** What is wrong after a kill at that call; undefined where there are not so many. */
function cutAt(folder: string, at: number, whole: readonly string[]): string | undefined {
  const killed = live(folder, at);
  if (killed.status === 0) return undefined;
  if (killed.signal !== 'SIGKILL')
    throw new Error(`files, call ${at}: ended with ${killed.status ?? killed.signal}`);
  const { status, states } = live(folder);
  if (status !== 0 || states.length !== whole.length) return `the next start ended with ${status}`;
  const said = killed.states.length;
  const allowed = [whole[Math.max(0, said - 1)], whole[said]];
  return allowed.includes(states[0]!) ? '' : `${states[0]} was found, not ${allowed.join(' nor ')}`;
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'pne-files-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function live(folder: string, killAt?: number): Life {
  const [program, ...args] = xsCommand(BUNDLE);
  const kill = killAt === undefined ? {} : { LD_PRELOAD: LIBRARY, PNE_KILL_AT: String(killAt) };
  const env = { ...process.env, PNE_STORE: folder, ...kill };
  const { stdout, stderr, status, signal } = spawnSync(program!, args, { encoding: 'utf8', env });
  const lines = `${stdout}${stderr}`.split('\n');
  const states = lines.flatMap((line) => /^(?:found|state) (.*)$/.exec(line)?.[1] ?? []);
  return { signal, status, states };
}

function build(): void {
  const firmware = join(ROOT, 'firmware/programs/store-changes.ts');
  run('node', ['--import', 'tsx', join(ROOT, 'tools/powercut/bundle-program.ts'), firmware]);
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  run('cc', [...flags, join(ROOT, 'boards/linux/test/kill-at.c'), '-o', LIBRARY, '-ldl']);
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: ROOT });
  if (status !== 0) throw new Error(stderr);
}
