// SPDX-License-Identifier: Apache-2.0

/** The benchmark's clock of an ESP32, on this machine. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OUTPUT, ROOT } from '../build/bundle.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

/** Counter and timer at first, and cycles from one look to the next: some go round the counter of 32 bits. */
const LIVES: readonly (readonly [bigint, bigint, bigint])[] = [
  [0n, 0n, 1n],
  [2n ** 32n - 5n, 0n, 7n],
  [123n, 160n * 10n ** 9n, 2n ** 31n - 1n],
  [2n ** 31n, 2n ** 40n + 17n, 3n * 2n ** 32n + 1n],
];

export async function testEsp32BenchClock(tally: Tally): Promise<void> {
  await tally.run('esp32', 'boards/esp32/bench-clock.c counts on when its counter goes round', check);
}

async function check(): Promise<Outcome> {
  const program = await build();
  for (const life of LIVES) {
    const { status, output } = await runCommand(program, life.map(String));
    if (status !== 0) throw new CheckFailure(`${life.join(', ')}: ${output.trim()}`);
  }
  return { passed: LIVES.length };
}

async function build(): Promise<string> {
  await mkdir(join(OUTPUT, 'linux'), { recursive: true });
  const program = join(OUTPUT, 'linux', 'esp32-bench-clock');
  const sources = ['boards/esp32/bench-clock.c', 'boards/esp32/test/bench-clock.c'];
  const { status, output } = await runCommand('cc', [
    ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-I', join(ROOT, 'boards/esp32/test/bench')],
    ...['-o', program, ...sources.map((source) => join(ROOT, source))],
  ]);
  if (status !== 0) throw new CheckFailure(output);
  return program;
}
