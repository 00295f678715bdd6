// SPDX-License-Identifier: Apache-2.0

/** The store of the qemu-rv32 board against power cuts, on this machine: boards/qemu-rv32/test/flash-log.c. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OUTPUT } from '../build/bundle.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

export async function testRv32Flash(stage: string, tally: Tally): Promise<void> {
  await tally.run(stage, 'the store is old or new after a power cut', cutPower);
}

async function cutPower(): Promise<Outcome> {
  await mkdir(join(OUTPUT, 'qemu-rv32'), { recursive: true });
  const program = join(OUTPUT, 'qemu-rv32/flash-log-test');
  const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-DFLASH_AREA_BYTES=1024'];
  const built = await runCommand('cc', [...flags, 'boards/qemu-rv32/test/flash-log.c', '-o', program]);
  if (built.status !== 0) throw new CheckFailure(built.output);
  const { status, output } = await runCommand(program, []);
  if (status !== 0) throw new CheckFailure(output);
  return { passed: 1, notes: [output.trim()] };
}
