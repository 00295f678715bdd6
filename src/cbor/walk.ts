// SPDX-License-Identifier: Apache-2.0

import { checkUtf8 } from '../bytes/utf8.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { floatValue } from './float.ts';
import { type HeadReader, Major } from './head.ts';
import { MapKeys } from './keys.ts';

const { cborMaxBytes, cborMaxDepth, cborMaxItems } = ImplementationLimits;

/**
 * Reads past one whole item and refuses what is not deterministic (RFC 8949 section 4.2.1) or exceeds the
 * limits. Recursion ends at `cborMaxDepth`.
 */
export function walkItem(head: HeadReader): void {
  walk(head, 0);
}

/** Refuses a string or the entries of a container beyond the limits, before anything is made of them. */
export function checkLength(head: HeadReader): number {
  const length = head.argument;
  if (head.major === Major.byteString || head.major === Major.textString) {
    if (length > cborMaxBytes) refuse('tooLong');
  } else if (length > cborMaxItems) refuse('tooManyItems');
  const bytesEach = head.major === Major.map ? 2 : 1;
  if (length * bytesEach > head.input.remaining) refuse('truncated');
  return length;
}

/** Returns the depth of what an item at `depth` contains. */
export function deeper(depth: number): number {
  if (depth >= cborMaxDepth) refuse('tooDeep');
  return depth + 1;
}

function walk(head: HeadReader, depth: number): void {
  head.next();
  const { major } = head;
  if (major === Major.byteString) head.input.take(checkLength(head));
  else if (major === Major.textString) checkUtf8(head.input.take(checkLength(head)));
  else if (major === Major.array) walkArray(head, deeper(depth));
  else if (major === Major.map) walkMap(head, deeper(depth));
  else if (major === Major.tag) walk(head, deeper(depth));
  else if (head.isFloat) floatValue(head);
}

function walkArray(head: HeadReader, depth: number): void {
  for (let left = checkLength(head); left > 0; left--) walk(head, depth);
}

function walkMap(head: HeadReader, depth: number): void {
  const keys = new MapKeys();
  for (let left = checkLength(head); left > 0; left--) {
    const start = head.input.position;
    walk(head, depth);
    keys.next(head.input.since(start));
    walk(head, depth);
  }
}
