// SPDX-License-Identifier: Apache-2.0

/**
 * Readings together, and the names that shorten them, on CPNS-3. src/payload/concise.cddl says what a reading is:
 *
 *     readings = [5, first: uint, 1*16 reading]      ; PNE -> server: numbers from first on
 *     names    = [6, 1*24 tstr]                      ; PNE -> server: all that it has, in the order of their first use
 *     known    = [6, count: uint]                    ; server -> PNE: it knows the first of them (message.ts)
 *
 * A server that takes readings together says `known` before it answers a registration, and whenever names come. A PNE
 * that has not heard it in the session sends each reading alone, and uses numbers of names that are known there.
 */
import { HeadReader, Info, Major } from '../cbor/head.ts';
import { CborReader } from '../cbor/reader.ts';
import { ImplementationLimits } from '../limits.ts';
import { splitNames } from '../payload/concise.ts';
import { expandReading } from '../payload/expand.ts';
import { refuse } from '../refusal.ts';
import { MessageType } from './message.ts';

const { dictionaryMaxNameBytes, dictionaryMaxNames, maxReadingsPerBoot, readingsMaxTogether } =
  ImplementationLimits;

/** An array whose number of items is in the next byte. */
const LONG_ARRAY = (Major.array << 5) | Info.oneByte;

/** Readings as they were before they were shortened. */
export interface Readings {
  readonly first: number;
  readonly payloads: readonly Uint8Array[];
}

/**
 * What a message that is still to be decoded says that its type is. All types are below 24: one byte, behind the head of
 * an array, which has two bytes for as many as 25 names, or for the keys of a PNE that has eight or more. Refuses `truncated` where there is none.
 */
export function messageTypeOf(bytes: Uint8Array): number {
  return bytes[bytes[0] === LONG_ARRAY ? 2 : 1] ?? refuse('truncated');
}

/** `names`: those that are known, as they are encoded. Refuses what is not exactly such a message. */
export function decodeReadings(bytes: Uint8Array, names: readonly Uint8Array[]): Readings {
  const head = new HeadReader(bytes);
  const count = take(head, Major.array) - 2;
  if (!(count >= 1 && count <= readingsMaxTogether)) refuse('messageInvalid');
  if (take(head, Major.unsigned) !== MessageType.readings) refuse('messageInvalid');
  const first = take(head, Major.unsigned);
  if (first > maxReadingsPerBoot - count) refuse('messageInvalid');
  const payloads: Uint8Array[] = [];
  while (payloads.length < count) payloads.push(expandReading(head, names));
  head.input.end();
  return { first, payloads };
}

function take(head: HeadReader, major: number): number {
  head.next();
  return head.major === major ? head.argument : refuse('messageInvalid');
}

/** Returns the names as they are encoded, as copies. Refuses `namesInvalid` for what no dictionary holds. */
export function decodeNames(bytes: Uint8Array): Uint8Array[] {
  const reader = new CborReader(bytes);
  const count = reader.array() - 1;
  if (reader.unsigned() !== MessageType.dictionary) refuse('messageInvalid');
  if (!(count >= 1 && count <= dictionaryMaxNames)) refuse('messageInvalid');
  const known = new Set<string>();
  for (let left = count; left > 0; left--) known.add(nameOf(reader));
  reader.end();
  return known.size === count ? splitNames(bytes.slice()) : refuse('namesInvalid');
}

function nameOf(reader: CborReader): string {
  const start = reader.remaining;
  const name = reader.textString();
  const longestHead = 2;
  return start - reader.remaining <= dictionaryMaxNameBytes + longestHead ? name : refuse('namesInvalid');
}
