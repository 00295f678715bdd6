// SPDX-License-Identifier: Apache-2.0

/** boards/esp32/serial-line.c over a UART driver of its own in boards/esp32/test, with sanitizers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OUTPUT, ROOT } from '../build/bundle.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const READINGS = 10_000;
/** All arrive both ways, one message of the line is in XS's queue at most, and some found it full. */
const EXPECTED = `${READINGS} ${READINGS} 1 1`;

export async function testEsp32Serial(tally: Tally): Promise<void> {
  await tally.run(
    'esp32',
    `boards/esp32/serial-line.c carries ${READINGS} readings both ways at once past a queue that fills`,
    check,
  );
}

async function check(): Promise<Outcome> {
  const { status, output } = await runCommand(await build(), [String(READINGS)]);
  if (status !== 0 || output.trim() !== EXPECTED) throw new CheckFailure(`${output}expected: ${EXPECTED}`);
  return { passed: 1 };
}

async function build(): Promise<string> {
  await mkdir(join(OUTPUT, 'linux'), { recursive: true });
  const program = join(OUTPUT, 'linux', 'esp32-serial-line');
  const sources = ['serial-line.c', 'test/serial-line.c', 'test/uart-driver.c'];
  const { status, output } = await runCommand('cc', [
    ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-O1', '-g'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    ...['-I', join(ROOT, 'boards/esp32/test/idf')],
    ...sources.map((source) => join(ROOT, 'boards/esp32', source)),
    ...['-o', program],
  ]);
  if (status !== 0) throw new CheckFailure(output);
  return program;
}
