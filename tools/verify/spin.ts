// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Claim, Verdict } from './claim.ts';

export interface Finding {
  readonly verdict: Verdict;
  /** States that spin stored. */
  readonly states: number;
  readonly seconds: number;
  /** The messages of the run into a violation that was not expected, one a line. Otherwise empty. */
  readonly trace: string;
}

/** The search could not be made, or did not end: nothing is known. One line, with the remedy where known. */
export class VerifyError extends Error {}

/** Steps; a search that needs more is reported, not cut off in silence. */
const MAX_DEPTH = 100_000;
const MEMORY_MB = 2048;

/** The version line of spin. Refuses with the remedy where spin or a C compiler is missing. */
export function spinVersion(): string {
  requireProgram('gcc', ['--version']);
  return requireProgram('spin', ['-V']).trim();
}

/** Searches every state of one claim's model. Works in a directory of its own, which it removes. */
export function verify(claim: Claim): Finding {
  const directory = mkdtempSync(join(tmpdir(), 'pne-verify-'));
  try {
    const { file, includes } = claim.model;
    for (const name of [file, ...includes]) copyFileSync(sourcePath(name), join(directory, name));
    const defines = claim.defines.map((name) => `-D${name}`);
    run('spin', [...defines, '-a', file], directory);
    run(
      'gcc',
      ['-O2', '-w', '-DSAFETY', '-DCOLLAPSE', `-DMEMLIM=${MEMORY_MB}`, '-o', 'pan', 'pan.c'],
      directory,
    );
    const started = performance.now();
    const ignored = claim.checks === 'deadlock' ? '-A' : '-E';
    const report = run('./pan', [ignored, '-n', `-m${MAX_DEPTH}`], directory);
    const seconds = (performance.now() - started) / 1000;
    const found = readReport(report, claim);
    const isSurprise = found.verdict === 'violated' && claim.expected === 'holds';
    const trace = isSurprise ? replay(file, defines, directory) : '';
    return { ...found, seconds, trace };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Copied, because spin leaves its trail beside the model. */
function sourcePath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function readReport(report: string, claim: Claim): Pick<Finding, 'verdict' | 'states'> {
  const errors = /errors: (\d+)/.exec(report)?.[1];
  const states = /^\s*(\d+) states, stored/m.exec(report)?.[1];
  if (errors === undefined || states === undefined) throw new VerifyError('spin gave no verdict');
  if (errors === '0') return { verdict: 'holds', states: completeStates(report, states) };
  const fault = claim.checks === 'deadlock' ? 'invalid end state (' : 'assertion violated ';
  if (!report.includes(fault)) throw new VerifyError(`spin found something else in: ${claim.name}`);
  return { verdict: 'violated', states: Number(states) };
}

/** `holds` is said only of a search that reached everything. */
function completeStates(report: string, states: string): number {
  const isCut = /max search depth too small|Search not completed|reached -DMEMLIM/i.test(report);
  if (isCut) throw new VerifyError('the search ran out of depth or memory: nothing is proved');
  return Number(states);
}

/** The exit status is spin's verdict on the run that it replays, so it is not asked. */
function replay(file: string, defines: readonly string[], cwd: string): string {
  return spawnSync('spin', [...defines, '-t', '-c', file], { cwd, encoding: 'utf8' }).stdout.trimEnd();
}

function requireProgram(program: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(program, [...args], { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new VerifyError(`${program} is missing: apt-get install ${program}`);
}

function run(program: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(program, [...args], { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (result.status === 0) return result.stdout;
  const [line] = `${result.stdout}${result.stderr}`.trim().split('\n');
  throw new VerifyError(`${program} failed: ${line}`);
}
