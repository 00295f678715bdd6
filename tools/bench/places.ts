// SPDX-License-Identifier: Apache-2.0

/** Rows side by side: an operation a line, a place a column. */
import type { BenchRow, Place } from './rows.ts';

export interface Operation {
  readonly op: string;
  readonly bytes: number;
}

export interface Grid {
  readonly unit: BenchRow['unit'];
  /** Plain C first, where there is such a program. */
  readonly places: readonly Place[];
  readonly operations: readonly Operation[];
  /** What all others are compared with: the first. */
  readonly reference: Place;
  value(place: Place, operation: Operation): number | undefined;
}

/** What C itself is called among the providers. */
export const C_PROVIDER = 'c';
/** Of what needs no cryptography. */
export const NO_PROVIDER = 'none';
/** The libraries that the server stands on, without it. */
export const BARE_PROVIDER = 'bare';
/** How names of the server's operations begin. */
export const SERVER_OPERATION = 'server.';

/** Rows of one board and one run. */
export function gridOf(rows: readonly BenchRow[]): Grid {
  const values = new Map(rows.map((row) => [keyOf(row, row), row.value]));
  const found = distinct(rows, placeKey);
  const isC = ({ provider }: Place) => provider === C_PROVIDER;
  const places = [...found.filter(isC), ...found.filter((place) => !isC(place))];
  return {
    unit: rows[0]!.unit,
    places,
    operations: distinct(rows, operationKey),
    reference: places[0]!,
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
