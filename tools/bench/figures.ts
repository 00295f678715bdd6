// SPDX-License-Identifier: Apache-2.0

/** What a benchmark that runs elsewhere prints: a line before all figures, then one for each. */
import type { BenchClock, BenchFigure } from '../../firmware/bench/bench.ts';

/** How many figures follow, and in what unit. */
export interface BenchStart extends Pick<BenchClock, 'unit'> {
  readonly figures: number;
  readonly perMicrosecond?: number;
}

const UNITS: readonly unknown[] = Object.freeze([
  'us',
  'instructions',
  'cycles',
] satisfies BenchClock['unit'][]);
const MAX_FIGURES = 1000;
const MAX_NAME = 64;

/** Throws an error of one line for what is neither: a line of a chip may have lost some of its bytes. */
export function readLine(line: string): BenchStart | BenchFigure {
  const message = parsed(line);
  if (isStart(message) || isFigure(message)) return message;
  throw new Error(`no figure of a benchmark: ${line.slice(0, MAX_NAME)}`);
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isStart(message: Record<string, unknown>): message is Record<string, unknown> & BenchStart {
  const { figures, unit, perMicrosecond = 1 } = message;
  return isWhole(figures) && figures <= MAX_FIGURES && UNITS.includes(unit) && isPositive(perMicrosecond);
}

function isFigure(message: Record<string, unknown>): message is Record<string, unknown> & BenchFigure {
  const { provider = 'c', op, bytes, value } = message;
  const isNamed = typeof op === 'string' && /^[ -~]+$/.test(op) && op.length <= MAX_NAME;
  return provider === 'c' && isNamed && isWhole(bytes) && isPositive(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPositive(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) > 0;
}
