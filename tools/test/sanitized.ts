// SPDX-License-Identifier: Apache-2.0

/** The tests of C in a host that watches C: AddressSanitizer and UndefinedBehaviorSanitizer. */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makePath, OUTPUT } from '../build/bundle.ts';
import { engine, engineSources, hasNativeCrypto } from '../build/xs.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Tally } from './tally.ts';
import { onXs } from './units.ts';

const STAGE = 'sanitized';
const FILES = [
  'crypto-misuse',
  'crypto-misuse-handles',
  'crypto-curves',
  'crypto',
  'crypto-differential',
  'crypto-records',
  'crypto-record-window',
  'crypto-record-differential',
  'crypto-nested',
  'crypto-bytes',
  'crypto-flat',
  'crypto-payload',
  'crypto-payload-misuse',
  'crypto-payload-concise',
  'crypto-payload-differential',
];
/** noble computes these, which nothing watches. Payloads need no noble. */
const DIFFERENTIAL_CASES = 100;
const PAYLOAD_CASES = 1000;
/** The host ends without taking its machine down. */
const ENVIRONMENT = Object.freeze({ ASAN_OPTIONS: 'detect_leaks=0' });

export async function runSanitized(tally: Tally): Promise<void> {
  if (!hasNativeCrypto()) return;
  if (!(await compilerHasSanitizers())) {
    console.log('left out  sanitized: the compiler has no AddressSanitizer');
    return;
  }
  const output = join(OUTPUT, 'linux', `sanitized-${engine().version}`);
  let building: Promise<void> | undefined;
  const runs = FILES.map((file) => {
    const path = `firmware/native/${file}.test.ts`;
    return tally.run(STAGE, path, async () => {
      building ??= build(output);
      await building;
      const cases = file.startsWith('crypto-payload') ? PAYLOAD_CASES : DIFFERENTIAL_CASES;
      return onXs(path, cases, { host: join(output, 'pne-host'), env: ENVIRONMENT });
    });
  });
  await Promise.all(runs);
}

async function compilerHasSanitizers(): Promise<boolean> {
  const output = join(OUTPUT, 'linux', 'sanitizers');
  const args = ['-fsanitize=address,undefined', '-shared', '-x', 'c', '/dev/null', '-o', output];
  return (await runCommand('cc', args)).status === 0;
}

const FOLDER = 'boards/linux';

async function build(output: string): Promise<void> {
  await mkdir(output, { recursive: true });
  const settings = [
    `XS=${makePath(FOLDER, engineSources())}`,
    `OUT=${makePath(FOLDER, output)}`,
    'SANITIZE=1',
    'NATIVE=1',
  ];
  const jobs = `-j${availableParallelism()}`;
  const { status, output: words } = await runCommand('make', [jobs, '-C', FOLDER, ...settings]);
  if (status !== 0) throw new CheckFailure(words);
}
