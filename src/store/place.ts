// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { PURPOSE_RECORDS } from './store.ts';

/** Where the head lies. */
export const HEAD = 'head';

/** Places for records. */
export const PLACES = PURPOSE_RECORDS.reduce((sum, records) => sum + records);

/** The place of a record, from 0. Refuses an index that the purpose does not have with `badArgument`. */
export function placeOf(purpose: number, index: number): number {
  let place = index;
  for (let each = 0; each < purpose; each++) place += PURPOSE_RECORDS[each]!;
  const isPlace = Number.isInteger(index) && index >= 0 && index < PURPOSE_RECORDS[purpose]!;
  return isPlace ? place : refuse('badArgument');
}

/** Each place has two names: a version lies beside the former one until the head says that it counts. */
export function nameOf(place: number, version: number): string {
  return `${version & 1 ? 'a' : 'b'}${place}`;
}
