// SPDX-License-Identifier: Apache-2.0

import { type Grid, gridOf, NO_PROVIDER, type Operation, SERVER_OPERATION } from './places.ts';
import type { BenchRow, Place } from './rows.ts';

const UNITS = Object.freeze({ us: 'microseconds', instructions: 'retired instructions', cycles: 'cycles' });

/** The figures as text, the server's and those without cryptography in tables of their own; a chip's in both units. */
export function formatTables(rows: readonly BenchRow[]): string {
  const times = rows.flatMap((row): BenchRow[] =>
    row.us === undefined ? [] : [{ ...row, unit: 'us', value: row.us }],
  );
  return [rows, times]
    .filter((some) => some.length > 0)
    .map(formatUnit)
    .join('\n\n');
}

function formatUnit(rows: readonly BenchRow[]): string {
  const isPlain = ({ provider }: BenchRow) => provider === NO_PROVIDER;
  const isServers = ({ op }: BenchRow) => op.startsWith(SERVER_OPERATION);
  const others = rows.filter((row) => !isPlain(row) && !isServers(row));
  return [others, rows.filter(isServers), rows.filter(isPlain)]
    .filter((part) => part.length > 0)
    .map(formatTable)
    .join('\n\n');
}

/** An operation a line, a place a column, each with its ratio to the reference's. */
function formatTable(rows: readonly BenchRow[]): string {
  const grid = gridOf(rows);
  const { places, operations, reference, unit } = grid;
  const lines = [
    ['', '', ...places.flatMap(({ provider }) => [provider, ''])],
    ['operation', 'bytes', ...places.flatMap(({ engine }) => [engine, ''])],
    ...operations.map((operation) => [
      operation.op,
      String(operation.bytes),
      ...places.flatMap((place) => formatValue(grid, place, operation)),
    ]),
  ];
  const what = `${UNITS[unit]} per operation on ${reference.board}`;
  return `${what}, and their ratio to ${nameOf(reference)}\n\n${alignColumns(lines)}`;
}

function nameOf({ provider, engine }: Place): string {
  return provider === NO_PROVIDER ? engine : `'${provider}' on ${engine}`;
}

function formatValue(grid: Grid, place: Place, operation: Operation): [value: string, ratio: string] {
  const value = grid.value(place, operation);
  const reference = grid.value(grid.reference, operation);
  if (value === undefined) return ['-', ''];
  return [formatNumber(value, grid.unit), reference === undefined ? '' : formatRatio(value / reference)];
}

/** With the digits that the unit is good for. */
export function formatNumber(value: number, unit: BenchRow['unit']): string {
  const digits = unit === 'us' && value < 100 ? (value < 10 ? 2 : 1) : 0;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0)}x`;
}

/** Columns side by side: the first on the left, numbers on the right. */
export function alignColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
