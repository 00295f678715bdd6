// SPDX-License-Identifier: Apache-2.0

/** Results in a file: what figures depend on, and the figures, a line each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../build/bundle.ts';
import type { BenchRow } from './rows.ts';

export interface Results {
  readonly board: string;
  /** What else the figures depend on: engine, heap settings, compiler, flags. */
  readonly [condition: string]: unknown;
  readonly rows: readonly BenchRow[];
}

/** Where the results in the repository are, and the plots that are made of them. */
export const RESULTS_FOLDER = join(ROOT, 'tools/bench/results');

export function savedResults(board: string): string {
  return join(RESULTS_FOLDER, `${board}.json`);
}

export function readResults(path: string): Results {
  const results = JSON.parse(readFileSync(path, 'utf8')) as Results;
  if (!Array.isArray(results.rows)) throw new Error(`${path} holds no results: it has no rows`);
  return results;
}

export function writeResults(path: string, results: Results): void {
  writeFileSync(path, formatResults(results));
}

/** JSON that shows in a diff which figure has changed. */
export function formatResults({ rows, ...conditions }: Results): string {
  const head = JSON.stringify(conditions, null, 2).replace(/\n\}$/, '');
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
  return `${head},\n  "rows": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
