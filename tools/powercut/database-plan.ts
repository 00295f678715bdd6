// SPDX-License-Identifier: Apache-2.0

/** What a process commits, one after the other, and what is there then. */
import { Random } from '../chaos/random.ts';

/** When it is killed: before a commit, once it was begun, a while after that, or once it has resolved. */
export const MOMENTS = Object.freeze(['before', 'begun', 'under way', 'resolved'] as const);

/** Values of 8 entries, of which each commit sets some and deletes others. */
const ENTRIES = 8;
const KEPT = 0.6;

/** By entry: its value, or none. */
export type Commit = ReadonlyMap<number, number | undefined>;

export function commitsOf(seed: number, count: number): Commit[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const entries = Array.from({ length: ENTRIES }, (_, entry) => entry).filter(() => random.chance(0.7));
    return new Map(entries.map((entry) => [entry, random.chance(KEPT) ? random.whole(0, 255) : undefined]));
  });
}

export function stateAfter(seed: number, count: number): string {
  const state = new Map<number, number>();
  for (const commit of commitsOf(seed, count))
    for (const [entry, value] of commit) {
      if (value === undefined) state.delete(entry);
      else state.set(entry, value);
    }
  return inWords([...state].sort(([a], [b]) => a - b));
}

export function inWords(entries: readonly (readonly [number, number])[]): string {
  return `state ${entries.map(([entry, value]) => `${entry}=${value}`).join(' ')}`.trim();
}
