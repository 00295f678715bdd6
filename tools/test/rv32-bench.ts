// SPDX-License-Identifier: Apache-2.0

/** The benchmark on qemu-rv32: that it counts alike, and what JavaScript costs beside plain C. */
import { isDeepStrictEqual } from 'node:util';
import type { BenchRow } from '../bench/rows.ts';
import { measureNative } from '../bench/rv32.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

/**
 * Most instructions from JavaScript for each one in plain C, which makes the same record, but has of a handshake the
 * curve operations alone.
 */
const TARGETS: readonly (readonly [op: string, bytes: number, ratio: number])[] = [
  ['record.protect', 64, 1.35],
  ['record.unprotect', 64, 1.45],
  ['record.protect', 1024, 1.06],
  ['record.protectInto', 64, 1.35],
  ['record.protectInto', 1024, 1.06],
  ['handshake.initiator', 110, 1.1],
  ['handshake.responder', 110, 1.1],
];

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
  const lines = TARGETS.map(([op, bytes, target]) => {
    const ratio = ratioOf(rows, op, bytes);
    return { line: `${op} ${bytes}: ${ratio.toFixed(3)} of ${target}`, isMet: ratio <= target };
  });
  const notes = lines.map(({ line }) => line);
  if (lines.every(({ isMet }) => isMet)) return { passed: lines.length, notes };
  throw new CheckFailure(notes.join('\n'));
}

function ratioOf(rows: readonly BenchRow[], op: string, bytes: number): number {
  const of = rows.filter((row) => row.op === op && row.bytes === bytes);
  const inC = of.find(({ provider }) => provider === 'c');
  const inJavaScript = of.find(({ provider }) => provider !== 'c');
  return (inJavaScript?.value ?? Number.NaN) / (inC?.value ?? Number.NaN);
}
