// SPDX-License-Identifier: Apache-2.0

/** Test code: the simulator as a user starts it, in a process of its own. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'uvu';
import '../../src/node/failing.testing.ts';
import { ROOT } from '../build/bundle.ts';
import { endWithUs } from './ending.ts';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PATIENCE_MS = 90_000;
/** Longer than any run of a test: one that does not end is killed, and its status is null. */
const MAX_RUN_MS = 300_000;

/** npm's own, where `npm test` runs us, are not those of the process under test. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
);

export const COMMAND: readonly string[] = Object.freeze(['--import', 'tsx', 'tools/simulator/main.ts']);

/** One run, and what it has written so far. */
export class Run {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;

  constructor(args: readonly string[], options: SpawnOptions = {}, command = 'node') {
    const all = command === 'node' ? [...COMMAND, ...args] : args;
    const env = { ...ENVIRONMENT, ...options.env };
    this.child = spawn(command, all, { cwd: ROOT, ...options, env });
    endWithUs(this.child);
    const killer = setTimeout(() => this.child.kill('SIGKILL'), MAX_RUN_MS);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.on('close', (status) => {
        clearTimeout(killer);
        resolve({ status, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Waits for something that the run does. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > end || this.child.exitCode !== null)
        throw new Error(`never came: ${what}\n${this.stdout}\n${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Processes of XS that it has started. */
  get pnes(): number[] {
    return this.childrenThat('pne-host');
  }

  /** Those of their Bluetooth LE stacks. */
  get stacks(): number[] {
    return this.childrenThat('ble-stack');
  }

  private childrenThat(name: string): number[] {
    return childrenOf(this.child.pid!).filter((pid) => commandOf(pid).includes(name));
  }
}

function childrenOf(parent: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return all.filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  const status = readProc(pid, 'stat');
  return status === '' ? undefined : Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
}

export function commandOf(pid: number): string {
  return readProc(pid, 'cmdline');
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** Where the runs of a test are: a folder of its own for what is temporary. */
export interface Workplace {
  readonly folder: string;
  start(this: void, ...args: string[]): Run;
  /** What they have left there. */
  leftovers(this: void): string[];
}

/** Gives each test of a suite another one. */
export function workplaceOf(suite: Pick<Test, 'before' | 'after'>): Workplace {
  let folder = '';
  suite.before.each(() => {
    folder = mkdtempSync(join(tmpdir(), 'pne-test-'));
  });
  suite.after.each(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    start: (...args) => new Run(['--link', 'stream', ...args], { env: { TMPDIR: folder } }),
    leftovers: () => readdirSync(folder).filter((name) => name.startsWith('pne-')),
  };
}

/** NDJSON of so many rows. */
export function rows(count: number): string {
  return Array.from({ length: count }, (_, index) => `{"n":${index}}\n`).join('');
}

/** Of `--output`, from `rows`. */
export interface Line {
  readonly pne: string;
  readonly id: number;
  readonly value: { readonly n: number };
}

export function linesOf(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
