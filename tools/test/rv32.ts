// SPDX-License-Identifier: Apache-2.0

/** The qemu-rv32 board: tests of portable code in its image, how a program ends, and that it counts alike. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleForXs, bundleTestForXs, OUTPUT, ROOT } from '../build/bundle.ts';
import { nativeForNoble } from '../build/native-provider.ts';
import { buildRv32Image, type Rv32Image, spawnRv32 } from '../build/rv32.ts';
import { buildRv32Flash } from '../build/rv32-flash.ts';
import { type Finished, finish, runCommand } from './command.ts';
import { testRv32Bench } from './rv32-bench.ts';
import { testRv32Code } from './rv32-code.ts';
import { testRv32Host } from './rv32-host.ts';
import { testRv32Pne } from './rv32-pne.ts';
import { testRv32Preload } from './rv32-preload.ts';
import { testRv32Serial } from './rv32-serial.ts';
import { testRv32Sizes } from './rv32-size.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';
import { outcomeOf, runJobs, testFiles } from './units.ts';

const STAGE = 'qemu-rv32';

/**
 * Vectors and what noble's curves prepare take more than the board's region. The C heap has room for the keys that
 * a test holds, and not for those that it lost. The stack is the device's.
 */
const TEST_MEMORY: Rv32Image = {
  chunk: { initial: 4_000_000, incremental: 1_000_000 },
  heap: { initial: 100_000, incremental: 50_000 },
  limit: 12 * 1024 ** 2,
  cHeap: 1_048_576,
};

const FILES = /^src\/(bytes|cbor|cose|handshake|link|negotiation|payload|session)\/|^firmware\/native\//;
/** Curves in JavaScript, or thousands of cases: minutes here, and the same code runs in XS on this machine. */
const SLOW =
  /sign1\.vectors|cross-product|property|handshake\/(flips|handshake)|reassembler|session\/(expand|records|nested)|link\/route/;

/** Every n-th vector of a curve, and fewer cases of what TypeScript and noble compute too. */
const DEFINITIONS = Object.freeze({
  BYTES_CASES: '200',
  CURVE_STRIDE: '5',
  DIFFERENTIAL_CASES: '20',
  DIFFERENTIAL_CURVE_CASES: '2',
});

const TIMEOUT_MS = 300_000;

/** Two fills of 32 bytes are never the same. */
const RANDOM = `
  const fill = () => { const bytes = new Uint8Array(32); native("xs_pne_fillRandom")(bytes); return bytes.join(); };
  trace(String(fill() !== fill()));`;

const ENDINGS: readonly [name: string, source: string, status: number, message: RegExp][] = [
  ['nothing left to do', 'console.log("done")', 0, /^done\n$/],
  [
    'promise jobs and timers',
    'native("xs_timer_set")(() => Promise.resolve("job").then(trace), 1)',
    0,
    /^job$/,
  ],
  ['randomness', RANDOM, 0, /^true$/],
  ['an uncaught error', 'throw new TypeError("bad")', 70, /uncaught exception: TypeError: bad/],
  ['a rejection that nobody handles', 'Promise.reject(new Error("lost"))', 71, /unhandled promise rejection/],
  [
    'recursion without end',
    'native("xs_timer_set")(function dive() { return 1 + dive(); }, 0)',
    72,
    /XS stack overflow \(1024 slots\)/,
  ],
  [
    'more than the region',
    'const kept = []; for (;;) kept.push(new Uint8Array(1000));',
    73,
    /XS memory full/,
  ],
  ['text that has to be parsed', 'eval("1 + 1")', 70, /SyntaxError: this board has no parser/],
];

const SETUP: readonly string[] = Object.freeze(['tools/setup/rv32.mjs']);
/** What its tools take, for whoever is asked to have them. */
const COST = '210 MB to fetch, 1.7 GB on disk';

/** Leaves the board out where its tools are not installed, unless `installs`. */
export async function testRv32(tally: Tally, installs: boolean): Promise<void> {
  if (!tally.wantsStage(STAGE)) return;
  const problem = installs ? await install() : await missing();
  if (problem !== undefined && installs) await tally.run(STAGE, 'its tools', () => fail(problem));
  else if (problem !== undefined)
    console.log(`left out  ${STAGE}: ${problem}; npm test -- --all installs it (${COST})`);
  else await runStage(tally);
}

/** Returns why the board is not set up; undefined where it is. */
async function missing(): Promise<string | undefined> {
  const { status, output } = await runCommand('node', [...SETUP, '--no-install']);
  return status === 0 ? undefined : output.trim().replace(/^setup: qemu-rv32: /m, '');
}

/** The same after an attempt to set it up, which says what it does. */
async function install(): Promise<string | undefined> {
  console.log(`${STAGE}: installing what is missing of its tools (${COST})`);
  const child = spawn('node', SETUP, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const { status } = await finish(child);
  return status === 0 ? undefined : 'the setup failed';
}

async function fail(problem: string): Promise<never> {
  throw new CheckFailure(problem);
}

async function runStage(tally: Tally): Promise<void> {
  for (const ending of ENDINGS) await tally.run(STAGE, `ends with ${ending[0]}`, () => checkEnding(ending));
  await testRv32Code(STAGE, tally);
  await testRv32Host(STAGE, tally);
  await tally.run(STAGE, 'ends with an error of a preloaded program', checkProgram);
  await testRv32Preload(STAGE, tally);
  await testRv32Bench(STAGE, tally);
  await testRv32Pne(STAGE, tally);
  await testRv32Serial(STAGE, tally);
  await testRv32Sizes(STAGE, tally);
  const files = (await testFiles()).filter((file) => FILES.test(file) && !SLOW.test(file));
  await runJobs(
    tally,
    files.map((file) => ({ stage: STAGE, file, run: () => runFile(file) })),
  );
}

async function checkEnding([name, source, ...expected]: (typeof ENDINGS)[number]): Promise<Outcome> {
  const folder = join(OUTPUT, 'bundles/endings');
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, `${name.replaceAll(' ', '-')}.js`);
  writeFileSync(bundle, source);
  return ends(await buildRv32Image(bundle), ...expected);
}

async function checkProgram(): Promise<Outcome> {
  const contents = 'export default function main() { throw new TypeError("bad"); }';
  const flash = await buildRv32Flash(await bundleForXs({ contents, resolveDir: ROOT }, 'endings/preloaded'));
  return ends(flash, 70, /uncaught exception: TypeError: bad/);
}

async function ends(image: string, status: number, message: RegExp): Promise<Outcome> {
  const ended = await runImage(image);
  if (ended.status === status && message.test(ended.output)) return { passed: 1 };
  throw new CheckFailure(`status ${ended.status}, not ${status}, after: ${ended.output}`);
}

async function runFile(file: string): Promise<Outcome> {
  // The native provider's own tests compare it with noble's.
  const plugins = file.startsWith('src/') ? [nativeForNoble()] : [];
  const bundle = await bundleTestForXs(`./${file}`, DEFINITIONS, plugins);
  return outcomeOf(await runImage(await buildRv32Image(bundle, TEST_MEMORY)));
}

/** A program that hangs ends too, without a status. */
async function runImage(image: string): Promise<Finished> {
  const child = spawnRv32(image);
  const timeout = setTimeout(() => child.kill(), TIMEOUT_MS);
  try {
    return await finish(child);
  } finally {
    clearTimeout(timeout);
  }
}
