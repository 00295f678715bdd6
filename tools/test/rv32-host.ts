// SPDX-License-Identifier: Apache-2.0

/** C of the qemu-rv32 board on this machine: boards/qemu-rv32/test. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OUTPUT } from '../build/bundle.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const FLAGS: readonly string[] = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror'];
/** This machine takes words at any address, which a device need not. */
const TRAPS: readonly string[] = ['-fsanitize=alignment', '-fsanitize-undefined-trap-on-error'];

export async function testRv32Host(stage: string, tally: Tally): Promise<void> {
  await tally.run(stage, 'the store is old or new after a power cut', () =>
    runProgram('flash-log', ['-DFLASH_AREA_BYTES=1024']),
  );
  await tally.run(stage, 'bytes are copied and filled by words', () =>
    runProgram('copy', ['-fno-builtin', ...TRAPS]),
  );
}

async function runProgram(name: string, flags: readonly string[]): Promise<Outcome> {
  await mkdir(join(OUTPUT, 'qemu-rv32'), { recursive: true });
  const program = join(OUTPUT, `qemu-rv32/${name}-test`);
  const built = await runCommand('cc', [
    ...FLAGS,
    ...flags,
    `boards/qemu-rv32/test/${name}.c`,
    '-o',
    program,
  ]);
  if (built.status !== 0) throw new CheckFailure(built.output);
  const { status, output } = await runCommand(program, []);
  if (status !== 0) throw new CheckFailure(output);
  return { passed: 1, notes: [output.trim()] };
}
