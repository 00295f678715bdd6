// SPDX-License-Identifier: Apache-2.0

/** What the PNEs know to be confirmed, beside what the server has stored. */
import type { Sent } from './crowd-process.ts';
import type { Stored } from './server-process.ts';

export interface Comparison {
  /** Readings that have their receipt. */
  readonly acknowledged: number;
  /** Of them, not stored. */
  readonly lost: number;
  /** Stored more than once. */
  readonly doubled: number;
  /** Stored, and never sent. */
  readonly invented: number;
  /** PNEs of which a reading was stored that came after their grant was revoked. */
  readonly afterRevocation: number;
}

/** `revoked`: when each was, in milliseconds since 1970. */
export function compare(
  sent: readonly Sent[],
  stored: ReadonlyMap<string, Stored>,
  revoked: ReadonlyMap<string, number>,
): Comparison {
  const result = { acknowledged: 0, lost: 0, doubled: 0, invented: 0, afterRevocation: 0 };
  for (const { pneId, reported, accepted } of sent) {
    const { indices, newest } = stored.get(pneId) ?? { indices: [], newest: 0 };
    const once = new Set(indices);
    result.acknowledged += accepted.length;
    result.lost += accepted.filter((index) => !once.has(index)).length;
    result.doubled += indices.length - once.size;
    result.invented += [...once].filter((index) => index >= reported).length;
    if (newest > (revoked.get(pneId) ?? Number.POSITIVE_INFINITY)) result.afterRevocation += 1;
  }
  return result;
}
