// SPDX-License-Identifier: Apache-2.0
import type { SerialResult } from './run.ts';

/** CPNS-1, 2 and 3. */
const AGREEMENTS = 3;
/** What the PNE's heap may hold more after the first quarter than in it: what is under way differs. */
const HEAP_SLACK_BYTES = 2048;

/** What is wrong, in a line; undefined where nothing is. */
export function problemOf(result: SerialResult, readings: number): string | undefined {
  const { arrived, doubled, missing, agreements, refused, spoiled, heapBytes } = result;
  if (arrived !== readings || doubled > 0 || missing > 0)
    return `${arrived} of ${readings} arrived, ${doubled} of them more than once, ${missing} not at all`;
  if (agreements !== AGREEMENTS)
    return `${agreements} interfaces were secured, not ${AGREEMENTS}: a link was lost`;
  if (refused > 0) return `the PNE refused ${refused} messages`;
  if (spoiled > 0) return `${spoiled} frames of the PNE came altered or cut`;
  if (heapBytes.late > heapBytes.early + HEAP_SLACK_BYTES)
    return `the heap grew from ${heapBytes.early} to ${heapBytes.late} bytes`;
  return undefined;
}
