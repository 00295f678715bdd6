// SPDX-License-Identifier: Apache-2.0

/** What a change did: the same operations in the same places, before and after it. */
import { keyOf } from './places.ts';
import type { Results } from './results.ts';
import type { BenchRow } from './rows.ts';
import { alignColumns, formatNumber } from './table.ts';

export interface Difference {
  readonly row: BenchRow;
  readonly old: number;
  /** New against old, in percent: less is faster. */
  readonly percent: number;
}

export interface Comparison {
  /** The largest effect first. */
  readonly differences: readonly Difference[];
  /** Conditions that are not the same, by name. */
  readonly conditions: readonly string[];
  /** How many rows only one of both has. */
  readonly onlyOld: number;
  readonly onlyNew: number;
}

export function compare(old: Results, now: Results): Comparison {
  const before = new Map(old.rows.map((row) => [keyOf(row, row), row]));
  const differences = now.rows.flatMap((row) => {
    const earlier = before.get(keyOf(row, row));
    if (earlier === undefined || earlier.unit !== row.unit) return [];
    return [{ row, old: earlier.value, percent: (100 * (row.value - earlier.value)) / earlier.value }];
  });
  return {
    differences: differences.sort((a, b) => Math.abs(b.percent) - Math.abs(a.percent)),
    conditions: changedConditions(old, now),
    onlyOld: old.rows.length - differences.length,
    onlyNew: now.rows.length - differences.length,
  };
}

function changedConditions(old: Results, now: Results): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => name !== 'rows');
  return names.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
}

export function formatComparison({ differences, conditions, onlyOld, onlyNew }: Comparison): string {
  const changed = differences.filter(({ percent }) => percent !== 0);
  const lines = [
    ['operation', 'bytes', 'provider', 'engine', 'old', 'new', 'difference'],
    ...changed.map(({ row, old, percent }) => [
      row.op,
      String(row.bytes),
      row.provider,
      row.engine,
      formatNumber(old, row.unit),
      formatNumber(row.value, row.unit),
      `${percent > 0 ? '+' : ''}${percent.toFixed(2)} %`,
    ]),
  ];
  const notes = [
    `${changed.length} of ${differences.length} figures changed`,
    ...(conditions.length > 0 ? [`not the same in both: ${conditions.join(', ')}`] : []),
    ...(onlyOld + onlyNew > 0 ? [`compared with nothing: ${onlyOld} old figures, ${onlyNew} new ones`] : []),
  ];
  return `${alignColumns(lines)}\n\n${notes.join('; ')}`;
}
