// SPDX-License-Identifier: Apache-2.0

/** What figures are held to: by `npm test` on the qemu-rv32 board, by `npm run bench -- --targets`, and in a plot. */
import { BARE_PROVIDER, C_PROVIDER } from './places.ts';
import type { BenchRow } from './rows.ts';

export interface Target {
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
export const TARGETS: readonly Target[] = Object.freeze([
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
]);

/** Of the server's operations: their speed, as a share of the bare libraries'. */
const LEAST_SHARE = 0.7;

export interface Judged {
  /** The figure beside its target. */
  readonly line: string;
  readonly isMet: boolean;
}

/** Of rows of the native provider and of plain C. A figure that is missing meets nothing. */
export function judgeRatios(rows: readonly BenchRow[]): Judged[] {
  return TARGETS.map((target) => {
    const { op, bytes, ratio, most = Number.POSITIVE_INFINITY } = target;
    const [value, inC] = valuesOf(rows, target);
    const line = `${op} ${bytes}: ${(value / inC).toFixed(3)} of ${ratio}, ${value} instructions`;
    return { line, isMet: value / inC <= ratio && value <= most };
  });
}

/** Instructions from JavaScript and in plain C, NaN where they are not among the rows. */
export function valuesOf(
  rows: readonly BenchRow[],
  { op, bytes }: Pick<Target, 'op' | 'bytes'>,
): [number, number] {
  const of = rows.filter((row) => row.op === op && row.bytes === bytes);
  const inC = of.find(({ provider }) => provider === C_PROVIDER);
  const inJavaScript = of.find(({ provider }) => provider === 'native');
  return [inJavaScript?.value ?? Number.NaN, inC?.value ?? Number.NaN];
}

/** Of rows of the server and of the bare libraries. */
export function judgeShares(rows: readonly BenchRow[]): Judged[] {
  const isBare = ({ provider }: BenchRow) => provider === BARE_PROVIDER;
  return rows.filter(isBare).map(({ op, bytes, value }) => {
    const own = rows.find((row) => !isBare(row) && row.op === op && row.bytes === bytes);
    const share = value / (own?.value ?? Number.NaN);
    return {
      line: `${op} ${bytes}: ${share.toFixed(2)} of the bare libraries, at least ${LEAST_SHARE}`,
      isMet: share >= LEAST_SHARE,
    };
  });
}
