// SPDX-License-Identifier: Apache-2.0

/** Rows side by side: an operation a line, a place a column. */
import type { BenchRow, Place } from './rows.ts';

export interface Operation {
  readonly op: string;
  readonly bytes: number;
}

export interface Grid {
  readonly unit: BenchRow['unit'];
  readonly places: readonly Place[];
  readonly operations: readonly Operation[];
  /** What all others are compared with: the plain C program where there is one. */
  readonly reference: Place;
  value(place: Place, operation: Operation): number | undefined;
}

/** What C itself is called among the providers. */
export const C_PROVIDER = 'c';
/** Of what needs no cryptography. */
export const NO_PROVIDER = 'none';

/** Rows of one board and one run. */
export function gridOf(rows: readonly BenchRow[]): Grid {
  const values = new Map(rows.map((row) => [keyOf(row, row), row.value]));
  const places = distinct(rows, placeKey);
  return {
    unit: rows[0]!.unit,
    places,
    operations: distinct(rows, operationKey),
    reference: places.find(({ provider }) => provider === C_PROVIDER) ?? places[0]!,
    value: (place, operation) => values.get(keyOf(place, operation)),
  };
}

/** What two rows have in common that measure the same. */
export function keyOf(place: Place, operation: Operation): string {
  return `${placeKey(place)}|${operationKey(operation)}`;
}

function placeKey({ board, provider, engine }: Place): string {
  return `${board}|${provider}|${engine}`;
}

function operationKey({ op, bytes }: Operation): string {
  return `${op}|${bytes}`;
}

function distinct<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}
