// SPDX-License-Identifier: Apache-2.0

/** boards/esp32/root-key.c, on a chip of its own in boards/esp32/test, with and without an HMAC peripheral. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OUTPUT, ROOT } from '../build/bundle.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

/** Whether the chip has the peripheral, the eFuse block of its key, bytes in NVS, and where the key comes from. */
const CASES: readonly (readonly [hasHmac: 0 | 1, block: number, stored: number, from: string])[] = [
  [1, 4, 0, 'hmac 0'],
  [1, 9, 32, 'hmac 5'],
  [1, 0, 32, 'nvs'],
  [1, 0, 0, 'kept'],
  [1, 0, 31, 'failed'],
  [0, 0, 32, 'nvs'],
  [0, 0, 0, 'kept'],
  [0, 0, 33, 'failed'],
];

export async function testEsp32RootKey(tally: Tally): Promise<void> {
  await tally.run('esp32', 'boards/esp32/root-key.c has its key of an eFuse where there is one', check);
}

async function check(): Promise<Outcome> {
  for (const [hasHmac, block, stored, from] of CASES) {
    const { output } = await runCommand(await build(hasHmac), [String(block), String(stored)]);
    if (output.trim() !== from)
      throw new CheckFailure(`HMAC ${hasHmac}, block ${block}, NVS ${stored}: ${output.trim()}, not ${from}`);
  }
  return { passed: CASES.length };
}

async function build(hasHmac: 0 | 1): Promise<string> {
  await mkdir(join(OUTPUT, 'linux'), { recursive: true });
  const program = join(OUTPUT, 'linux', `esp32-root-key-${hasHmac}`);
  const { status, output } = await runCommand('cc', [
    ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-I', join(ROOT, 'boards/esp32/test/idf')],
    `-DSOC_HMAC_SUPPORTED=${hasHmac}`,
    join(ROOT, 'boards/esp32/test/root-key.c'),
    ...['-o', program],
  ]);
  if (status !== 0) throw new CheckFailure(output);
  return program;
}
