// SPDX-License-Identifier: Apache-2.0

/**
 * Messages that are one array of numbers, texts and byte strings, and nothing within it. On devices these functions are
 * C (firmware/providers/device-bytes.ts).
 */
import { refuse } from '../refusal.ts';
import { headLength, Major } from './head.ts';
import { CborReader } from './reader.ts';
import { CborWriter } from './writer.ts';

/** A number is an integer from 0 to 2^53 - 1. */
export type FlatItem = number | string | Uint8Array;

/** Returns the array in deterministic CBOR. Refuses what CborWriter refuses, and a negative number with `badArgument`. */
export function encodeFlat(items: readonly FlatItem[]): Uint8Array {
  const writer = new CborWriter(lengthOf(items)).array(items.length);
  for (const item of items) writeItem(writer, item);
  return writer.finish();
}

/** Bytes of the whole, where no text is in it. */
function lengthOf(items: readonly FlatItem[]): number {
  let length = 1;
  for (const item of items) {
    if (typeof item === 'number') length += headLength(item);
    else length += item.length + headLength(item.length);
  }
  return length;
}

/** The same of three items, which most messages have. */
export function encodeThree(first: FlatItem, second: FlatItem, third: FlatItem): Uint8Array {
  return encodeFlat([first, second, third]);
}

/** Returns the items of exactly one such array, byte strings as copies. Refuses what CborReader refuses. */
export function decodeFlat(bytes: Uint8Array): FlatItem[] {
  return decodeOwnedFlat(bytes).map((item) => (typeof item === 'object' ? item.slice() : item));
}

/** The same of bytes that the caller owns and needs no more: byte strings may be views of them. */
export function decodeOwnedFlat(bytes: Uint8Array): FlatItem[] {
  const reader = new CborReader(bytes);
  const items: FlatItem[] = [];
  for (let left = reader.array(); left > 0; left--) items.push(readItem(reader));
  reader.end();
  return items;
}

function writeItem(writer: CborWriter, item: FlatItem): void {
  if (typeof item === 'number') writer.integer(item >= 0 ? item : refuse('badArgument'));
  else if (typeof item === 'string') writer.textString(item);
  else writer.byteString(item);
}

function readItem(reader: CborReader): FlatItem {
  const major = reader.peekMajor();
  if (major === Major.textString) return reader.textString();
  return major === Major.byteString ? reader.byteString() : reader.unsigned();
}
