// SPDX-License-Identifier: Apache-2.0

/** The simulated bootloader, which `npm run flash` is tried with, as Espressif's esptool sees it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '../../src/bytes/compare.ts';
import { createFill } from '../../src/bytes/random.testing.ts';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { startBoard } from '../flash/simulated-board.testing.ts';
import type { ChipName } from '../flash/simulated-chips.testing.ts';
import type { Check } from './check.ts';

const OFFSET = 0x10000;
const BYTES = 30_000;
const TIMEOUT_MS = 60_000;
const BOARDS: readonly (readonly [ChipName, 'stub' | 'ROM'])[] = Object.freeze([
  ['ESP32', 'ROM'],
  ['ESP32-S3', 'stub'],
  ['ESP32-C3', 'stub'],
  ['ESP32-C6', 'ROM'],
]);

export function flashChecks(python: string): Check[] {
  return BOARDS.map(([chip, loader]) => ({
    name: `flash  esptool finds a simulated ${chip}, and writes to it by its ${loader}`,
    run: () => write(python, chip, loader),
  }));
}

async function write(python: string, chip: ChipName, loader: 'stub' | 'ROM'): Promise<string> {
  const board = await startBoard({ chip });
  const [file, bytes] = [join(scratchFolder(), 'image'), new Uint8Array(BYTES)];
  createFill(1)(bytes);
  writeFileSync(file, bytes);
  const how = ['--before', 'no-reset', '--after', 'no-reset', ...(loader === 'ROM' ? ['--no-stub'] : [])];
  const said = await run(python, ['--port', board.path, ...how, 'write-flash', `${OFFSET}`, file]);
  board.pull();
  if (!said.includes('Hash of data verified')) throw new Error(said.trim().split('\n').at(-1));
  if (!said.includes(`${chip} on`)) throw new Error(`it found another chip: ${said}`);
  if (!equalBytes(board.chip.flash.bytes.slice(OFFSET, OFFSET + BYTES), bytes))
    throw new Error('written otherwise');
  return `${BYTES} bytes, verified`;
}

function run(python: string, args: readonly string[]): Promise<string> {
  const child = spawn(python, ['-m', 'esptool', ...args], { timeout: TIMEOUT_MS });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += text;
    });
  return new Promise((resolve) => child.once('close', () => resolve(said)));
}
