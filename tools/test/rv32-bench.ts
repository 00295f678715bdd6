// SPDX-License-Identifier: Apache-2.0

/** The benchmark on qemu-rv32: that it counts alike, and what JavaScript costs beside plain C. */
import { isDeepStrictEqual } from 'node:util';
import type { BenchRow } from '../bench/rows.ts';
import { measureNative } from '../bench/rv32.ts';
import { judgeRatios } from '../bench/targets.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

export async function testRv32Bench(stage: string, tally: Tally): Promise<void> {
  const measured: BenchRow[] = [];
  await tally.run(stage, 'two runs count the same', async () => {
    const runs = [await measureNative('', () => {}), await measureNative('', () => {})];
    if (runs[0]!.length === 0 || !isDeepStrictEqual(runs[0], runs[1]))
      throw new CheckFailure(differences(runs));
    measured.push(...runs[0]!);
    return { passed: 1 };
  });
  await tally.run(stage, 'a plain C program beside each operation', async () => checkPrograms(measured));
  await tally.run(stage, 'JavaScript beside plain C', async () => checkRatios(measured));
}

function differences([first = [], second = []]: BenchRow[][]): string {
  const changed = first.filter((row, index) => !isDeepStrictEqual(row, second[index]));
  return `${first.length} rows, ${changed.length} different:\n${changed.map((row) => JSON.stringify(row)).join('\n')}`;
}

function checkPrograms(rows: readonly BenchRow[]): Outcome {
  const names = (isC: boolean) =>
    rows.filter(({ provider }) => (provider === 'c') === isC).map(({ op, bytes }) => `${op} ${bytes}`);
  const [programs, operations] = [names(true).sort(), names(false).sort()];
  if (programs.length > 0 && isDeepStrictEqual(programs, operations)) return { passed: 1 };
  throw new CheckFailure(`in C: ${programs.join(', ')}\nin JavaScript: ${operations.join(', ')}`);
}

function checkRatios(rows: readonly BenchRow[]): Outcome {
  const judged = judgeRatios(rows);
  const notes = judged.map(({ line }) => line);
  if (judged.every(({ isMet }) => isMet)) return { passed: judged.length, notes };
  throw new CheckFailure(notes.join('\n'));
}
