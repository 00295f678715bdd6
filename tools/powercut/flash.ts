// SPDX-License-Identifier: Apache-2.0

/** The log in flash of the qemu-rv32 board, on this machine, with the power failing at every byte of it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../src/bytes/hex.ts';
import { OUTPUT, ROOT } from '../build/bundle.ts';
import type { MediumChange } from './cut-medium.ts';

/** An area holds a few records, so that what is still valid moves often. */
const AREA_BYTES = 4096;

/** At how many points the next start finds all as before a change, as after it, or as neither. */
export interface FlashCuts {
  readonly points: number;
  readonly neither: number;
}

export type CutFlash = (initial: readonly MediumChange[], changes: readonly MediumChange[]) => FlashCuts;

/** Compiles boards/qemu-rv32/flash-log.c for this machine, for as long as this process lives. */
export function buildFlash(): CutFlash {
  const folder = join(OUTPUT, 'qemu-rv32');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, `power-cuts.${process.pid}`);
  const source = join(ROOT, 'boards/qemu-rv32/test/power-cuts.c');
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', `-DFLASH_AREA_BYTES=${AREA_BYTES}`];
  run('cc', [...flags, source, '-o', program], '');
  process.once('exit', () => rmSync(program, { force: true }));
  return (initial, changes) => {
    const output = run(program, [], [...initial, ...changes].map(lineOf).join(''));
    const lines = output.trimEnd().split('\n').slice(initial.length);
    const cuts = changes.length === 0 ? [] : lines.map((line) => line.split(' ').map(Number));
    return {
      points: cuts.reduce((sum, [points]) => sum + points!, 0),
      neither: cuts.reduce((sum, [, , , neither]) => sum + neither!, 0),
    };
  };
}

function lineOf({ name, value }: MediumChange): string {
  return value === undefined ? `remove sealed/${name}\n` : `write sealed/${name} ${toHex(value)}\n`;
}

function run(program: string, args: readonly string[], input: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ended with ${status}: ${error?.message ?? stderr}`);
}
