// SPDX-License-Identifier: Apache-2.0

/** The uvu test files: all of them on Node, those of portable code inside XS too. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { bundleTestForXs, ROOT } from '../build/bundle.ts';
import { engine, hasNativeCrypto, type Memory, type SpawnXsOptions, spawnXs } from '../build/xs.ts';
import { type Finished, finish, runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

/**
 * Vectors and their results take more than a device has, and XS collects before each increment: small ones
 * make the curves' tests take four times as long. The stack is the device's.
 */
const TEST_MEMORY: Memory = {
  chunk: { initial: 4_000_000, incremental: 1_000_000 },
  heap: { initial: 100_000, incremental: 50_000 },
  limit: 1024 ** 3,
};

/** noble takes tens of milliseconds for a multiplication in XS. */
const DIFFERENTIAL_CURVE_CASES = 12;

/** Public keys by the dozen, in JavaScript: a quarter of what all files take in XS, and the same on Node. */
const SLOW_IN_XS =
  /^src\/roles\/(places|onboarding|onboarding-attacks|link-failure|member-signing|flips|signed-groups)\.test/;

/** Test files of the native crypto provider lie here. */
const NATIVE_TESTS = 'firmware/native/';

/** Programs that tests of a kind start, by how their files end, and where Debian installs them. */
const NEEDS = Object.freeze([
  { files: 'postgres.test.ts', path: '/usr/lib/postgresql', package: 'postgresql' },
  { files: 'mosquitto.test.ts', path: '/usr/sbin/mosquitto', package: 'mosquitto' },
  { files: 'chromium.test.ts', path: '/usr/bin/chromium', package: 'chromium' },
]);

export interface Job {
  readonly stage: string;
  readonly file: string;
  run(): Promise<Outcome>;
}

/** `differentialCases`: random cases that compare the native provider with noble. `runsSlow`: in XS, too. */
export async function runUnitTests(
  tally: Tally,
  differentialCases: number,
  runsSlow: boolean,
): Promise<void> {
  const missing = NEEDS.filter(({ path }) => !existsSync(path));
  const files = (await testFiles())
    .filter((file) => hasNativeCrypto() || !isNative(file))
    .filter((file) => !missing.some((need) => file.endsWith(need.files)));
  const { name, version } = engine();
  if (!hasNativeCrypto())
    console.log('left out  the native provider: the host was built without libmbedtls-dev');
  for (const need of missing)
    console.log(`left out  ${need.package}: install it with apt-get install ${need.package}`);
  const jobs: Job[] = [
    ...files
      .filter((file) => !isNative(file))
      .map((file) => ({ stage: 'node', file, run: () => onNode(file) })),
    ...files
      .filter((file) => isPortable(file) && (runsSlow || !SLOW_IN_XS.test(file)))
      .map((file) => ({ stage: `${name} ${version}`, file, run: () => onXs(file, differentialCases) })),
  ];
  await runJobs(tally, jobs);
}

/** Runs one more at once than there are processors: those that start programs wait for most of their time. */
export async function runJobs(tally: Tally, jobs: Job[]): Promise<void> {
  await Promise.all(Array.from({ length: 1 + availableParallelism() }, () => work(jobs, tally)));
}

async function work(jobs: Job[], tally: Tally): Promise<void> {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    await tally.run(job.stage, job.file, job.run);
  }
}

/** C functions are tested where they are: in XS. */
function isNative(file: string): boolean {
  return file.startsWith(NATIVE_TESTS);
}

export async function testFiles(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['src', 'firmware', 'tools']) {
    for (const path of await readdir(join(ROOT, folder), { recursive: true })) {
      if (path.endsWith('.test.ts')) found.push(join(folder, path));
    }
  }
  return found.sort();
}

/** XS has no Node: what stands on it, and the tools, are tested there alone. */
function isPortable(file: string): boolean {
  return !file.startsWith('tools/') && !file.startsWith('src/node/');
}

async function onNode(file: string): Promise<Outcome> {
  return outcomeOf(await runCommand('node', ['--import', 'tsx', file]));
}

/** Runs a test file in XS: in the host that tools/setup built, unless told otherwise. */
export async function onXs(
  file: string,
  differentialCases: number,
  options: Pick<SpawnXsOptions, 'host' | 'env'> = {},
): Promise<Outcome> {
  const bundle = await bundleTestForXs(`./${file}`, {
    CURVE_STRIDE: '1',
    BYTES_CASES: '2000',
    DIFFERENTIAL_CASES: String(differentialCases),
    DIFFERENTIAL_CURVE_CASES: String(DIFFERENTIAL_CURVE_CASES),
  });
  return outcomeOf(await finish(spawnXs(bundle, { memory: TEST_MEMORY, ...options })));
}

/** Reads uvu's summary. A file that ends without one, or that ran no test, has failed. */
export function outcomeOf({ status, output }: Finished): Outcome {
  const text = stripVTControlCharacters(output);
  const total = Number(text.match(/^ {2}Total: +(\d+)$/m)?.[1] ?? 0);
  const passed = Number(text.match(/^ {2}Passed: +(\d+)$/m)?.[1] ?? 0);
  if (status !== 0 || total === 0 || passed !== total) {
    throw new CheckFailure(`${text}\nended with status ${status}`, passed, Math.max(1, total - passed));
  }
  return { passed, notes: notesOf(text) };
}

/** How many vectors a test ran, where it said so: `name: 70 of 138, 68 refused by length`. */
function notesOf(text: string): string[] {
  const notes = text.match(/\S+ [^\n•]*: \d+ of \d+[^\n•]*/g) ?? [];
  return notes.map((note) => note.trim());
}
