// SPDX-License-Identifier: Apache-2.0

/** The benchmark on qemu-rv32: that it counts alike, and what JavaScript costs beside plain C. */
import { isDeepStrictEqual } from 'node:util';
import type { BenchRow } from '../bench/rows.ts';
import { measureNative } from '../bench/rv32.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

interface Target {
  readonly op: string;
  readonly bytes: number;
  /** Most instructions from JavaScript for each one in plain C. */
  readonly ratio: number;
  /** Most instructions, where that is asked too. */
  readonly most?: number;
}

/**
 * In a device's memory, where garbage is collected often. Plain C makes the same bytes of the same values, but has of a
 * handshake the curve operations alone.
 */
const TARGETS: readonly Target[] = [
  { op: 'record.protect', bytes: 64, ratio: 1.35 },
  { op: 'record.unprotect', bytes: 64, ratio: 1.45 },
  { op: 'record.protect', bytes: 1024, ratio: 1.06 },
  { op: 'record.protectInto', bytes: 64, ratio: 1.35 },
  { op: 'record.protectInto', bytes: 1024, ratio: 1.06 },
  { op: 'handshake.initiator', bytes: 110, ratio: 1.1 },
  { op: 'handshake.responder', bytes: 110, ratio: 1.1 },
  { op: 'handshake.initiator', bytes: 94, ratio: 1.15 },
  { op: 'handshake.responder', bytes: 94, ratio: 1.15 },
  { op: 'reading', bytes: 64, ratio: 2, most: 150_000 },
  { op: 'batch', bytes: 64, ratio: 1.3 },
  { op: 'batch.concise', bytes: 64, ratio: 2.25, most: 25_000 },
  { op: 'receipt', bytes: 5, ratio: 2, most: 150_000 },
  { op: 'content', bytes: 18, ratio: 2, most: 150_000 },
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
  const lines = TARGETS.map(({ op, bytes, ratio, most = Number.POSITIVE_INFINITY }) => {
    const [value, inC] = valuesOf(rows, op, bytes);
    const line = `${op} ${bytes}: ${(value / inC).toFixed(3)} of ${ratio}, ${value} instructions`;
    return { line, isMet: value / inC <= ratio && value <= most };
  });
  const notes = lines.map(({ line }) => line);
  if (lines.every(({ isMet }) => isMet)) return { passed: lines.length, notes };
  throw new CheckFailure(notes.join('\n'));
}

/** From JavaScript, and in plain C. */
function valuesOf(rows: readonly BenchRow[], op: string, bytes: number): [number, number] {
  const of = rows.filter((row) => row.op === op && row.bytes === bytes);
  const inC = of.find(({ provider }) => provider === 'c');
  const inJavaScript = of.find(({ provider }) => provider !== 'c');
  return [inJavaScript?.value ?? Number.NaN, inC?.value ?? Number.NaN];
}
