// SPDX-License-Identifier: Apache-2.0

import { checkUtf8 } from '../bytes/utf8.ts';
import { HeadReader, Major, Simple } from '../cbor/head.ts';
import { integerValue } from '../cbor/reader.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { KeysMet } from './keys-met.ts';

const { payloadMaxBytes, payloadMaxDepth, payloadMaxItems, payloadMaxTextBytes } = ImplementationLimits;

/** An array or map whose items are being scanned. A map counts its keys and its values. */
interface Container {
  left: number;
  /** An array has none. */
  readonly keys: KeysMet | undefined;
  readonly outer: Container | undefined;
  /** How many containers it is in, with itself. */
  readonly depth: number;
}

/**
 * Refuses every application payload that the general decoder behind it should not see. What passes is one
 * item, in this CDDL (RFC 8610), with definite lengths and shortest heads; floats may have any width:
 *
 *     value = number / tstr / bstr / bool / null / undefined / [* value] / { * key => value }
 *     number = -9007199254740991..9007199254740991 / float
 *     key = -9007199254740991..9007199254740991 / tstr
 *
 * The keys of a map differ as property names: 1 and "1" are duplicates, "__proto__" is none. There are no
 * tags and no recursion; depth, entries, bytes and text are held to the payload limits.
 */
export function scanPayload(bytes: Uint8Array): void {
  if (bytes.length > payloadMaxBytes) refuse('tooLong');
  const head = new HeadReader(bytes);
  let inner: Container | undefined;
  let entries = 0;
  do {
    const opened = scanItem(head, bytes, inner);
    if (opened !== undefined) {
      if (opened.depth > payloadMaxDepth) refuse('tooDeep');
      entries += opened.keys === undefined ? opened.left : opened.left / 2;
      if (entries > payloadMaxItems) refuse('tooManyItems');
      inner = opened;
    }
    while (inner !== undefined && inner.left === 0) inner = inner.outer;
  } while (inner !== undefined);
  head.input.end();
}

/** Scans the next item of `parent`. Returns the container that it opens, if it does. */
function scanItem(head: HeadReader, bytes: Uint8Array, parent: Container | undefined): Container | undefined {
  head.next();
  if (parent === undefined) return scanValue(head, bytes, parent);
  const isKey = parent.keys !== undefined && parent.left % 2 === 0;
  parent.left -= 1;
  if (!isKey) return scanValue(head, bytes, parent);
  scanKey(head, bytes, parent.keys!);
  return undefined;
}

function scanValue(head: HeadReader, bytes: Uint8Array, outer: Container | undefined): Container | undefined {
  switch (head.major) {
    case Major.byteString:
      head.input.skip(head.argument);
      return undefined;
    case Major.textString:
      scanText(head, bytes);
      return undefined;
    case Major.array:
      return { left: fitting(head, 1), keys: undefined, outer, depth: depthIn(outer) };
    case Major.map:
      return { left: fitting(head, 2), keys: new KeysMet(bytes), outer, depth: depthIn(outer) };
    case Major.tag:
      return refuse('wrongType');
    case Major.simple:
      return scanSimple(head);
    default:
      integerValue(head);
      return undefined;
  }
}

function depthIn(outer: Container | undefined): number {
  return outer === undefined ? 1 : outer.depth + 1;
}

function scanSimple(head: HeadReader): undefined {
  if (head.isFloat) return;
  if (head.low < Simple.false || head.low > Simple.undefined) refuse('wrongType');
}

function scanKey(head: HeadReader, bytes: Uint8Array, keys: KeysMet): void {
  if (head.major === Major.textString) {
    const start = scanText(head, bytes);
    keys.addText(start, head.input.position);
  } else keys.addNumber(integerValue(head));
}

/** Returns where the text begins. It ends where reading goes on. */
function scanText(head: HeadReader, bytes: Uint8Array): number {
  if (head.argument > payloadMaxTextBytes) refuse('tooLong');
  const start = head.input.skip(head.argument);
  checkUtf8(bytes, start, head.input.position);
  return start;
}

/** Returns how many items the container announces: no more than bytes are left for them. */
function fitting(head: HeadReader, itemsEach: number): number {
  const items = head.argument * itemsEach;
  if (items > head.input.remaining) refuse('truncated');
  return items;
}
