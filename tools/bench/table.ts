// SPDX-License-Identifier: Apache-2.0

import type { BenchRow } from './rows.ts';

/** The figures as text: an operation a line, a place a column, each with its ratio to the first place. */
export function formatTable(rows: readonly BenchRow[]): string {
  const places = [...new Set(rows.map(placeOf))];
  const operations = [...new Set(rows.map(operationOf))];
  const values = new Map(rows.map((row) => [`${placeOf(row)}|${operationOf(row)}`, row]));
  const lines = [
    ['operation', 'bytes', ...places],
    ...operations.map((operation) => [
      ...operation.split('|'),
      ...places.map((place) =>
        formatValue(values.get(`${place}|${operation}`)!, values.get(`${places[0]}|${operation}`)!),
      ),
    ]),
  ];
  return align(lines);
}

function placeOf({ provider, engine }: BenchRow): string {
  return `${provider} on ${engine}`;
}

function operationOf({ op, bytes }: BenchRow): string {
  return `${op}|${bytes}`;
}

function formatValue({ value, unit }: BenchRow, reference: BenchRow): string {
  const digits = unit === 'us' && value < 100 ? 1 : 0;
  const ratio = value / reference.value;
  return `${value.toFixed(digits)} ${unit} ${`${ratio.toFixed(ratio < 10 ? 1 : 0)}x`.padStart(6)}`;
}

function align(lines: string[][]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n');
}
