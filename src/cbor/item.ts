// SPDX-License-Identifier: Apache-2.0

import { compareBytes } from '../bytes/compare.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { encodeFloat, floatValue } from './float.ts';
import { HeadReader, Info, Major, Simple } from './head.ts';
import { MapKeys } from './keys.ts';
import { checkLength, deeper } from './walk.ts';
import { CborWriter } from './writer.ts';

/**
 * Any CBOR item as a value. A number is an integer; a bigint is one beyond the safe integers; a float is
 * a `CborFloat` even where it is whole, so that nothing is lost between decoding and encoding.
 */
export type CborItem =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Uint8Array
  | CborItem[]
  | CborMap
  | CborFloat
  | CborTagged
  | CborSimple;

export type CborMap = Map<CborItem, CborItem>;

export class CborFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export class CborTagged {
  readonly tag: number;
  readonly content: CborItem;

  constructor(tag: number, content: CborItem) {
    this.tag = tag;
    this.content = content;
  }
}

/** A simple value from 0 to 255 that is not false, true, null or undefined (RFC 8949 section 3.3). */
export class CborSimple {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Reads exactly one deterministic item (RFC 8949 section 4.2.1) that owns its bytes. */
export function decodeItem(bytes: Uint8Array): CborItem {
  if (bytes.length > ImplementationLimits.cborMaxBytes) refuse('tooLong');
  const head = new HeadReader(bytes);
  const item = readItem(head, 0);
  head.input.end();
  return item;
}

/** Returns the deterministic encoding (RFC 8949 section 4.2.1), owned by the caller. */
export function encodeItem(item: CborItem): Uint8Array {
  return encodeAt(item, 0);
}

function readItem(head: HeadReader, depth: number): CborItem {
  head.next();
  switch (head.major) {
    case Major.byteString:
      return head.input.take(checkLength(head)).slice();
    case Major.textString:
      return decodeUtf8(head.input.take(checkLength(head)));
    case Major.array:
      return readArray(head, deeper(depth));
    case Major.map:
      return readMap(head, deeper(depth));
    case Major.tag:
      return new CborTagged(head.argument, readItem(head, deeper(depth)));
    case Major.simple:
      return head.isFloat ? new CborFloat(floatValue(head)) : simpleItem(head.low);
    default:
      return integerItem(head);
  }
}

function readArray(head: HeadReader, depth: number): CborItem[] {
  const items: CborItem[] = [];
  for (let left = checkLength(head); left > 0; left--) items.push(readItem(head, depth));
  return items;
}

function readMap(head: HeadReader, depth: number): CborMap {
  const map: CborMap = new Map();
  const keys = new MapKeys();
  for (let left = checkLength(head); left > 0; left--) {
    const start = head.input.position;
    const key = readItem(head, depth);
    keys.next(head.input.since(start));
    map.set(key, readItem(head, depth));
  }
  return map;
}

function integerItem(head: HeadReader): number | bigint {
  const argument = head.high * 2 ** 32 + head.low;
  const value = head.major === Major.unsigned ? argument : -1 - argument;
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(head.high) * 2n ** 32n + BigInt(head.low);
  return head.major === Major.unsigned ? exact : -1n - exact;
}

function simpleItem(value: number): CborItem {
  if (value === Simple.undefined) return undefined;
  if (value === Simple.null) return null;
  if (value === Simple.false || value === Simple.true) return value === Simple.true;
  return new CborSimple(value);
}

function encodeAt(item: CborItem, depth: number): Uint8Array {
  const output = new CborWriter();
  writeItem(output, item, depth);
  return output.finish();
}

function writeItem(output: CborWriter, item: CborItem, depth: number): void {
  if (typeof item === 'number') output.integer(item);
  else if (typeof item === 'bigint') writeBigInt(output, item);
  else if (typeof item === 'string') output.textString(item);
  else if (typeof item === 'boolean') output.boolean(item);
  else if (item === null) output.nil();
  else if (item === undefined) output.encoded(simpleBytes(Simple.undefined));
  else if (item instanceof Uint8Array) output.byteString(item);
  else if (item instanceof CborFloat) output.encoded(encodeFloat(item.value));
  else if (item instanceof CborSimple) output.encoded(unnamedSimple(item.value));
  else if (item instanceof CborTagged) writeItem(output.tag(item.tag), item.content, deeper(depth));
  else if (item instanceof Map) writeMap(output, item, deeper(depth));
  else {
    output.array(item.length);
    for (const inner of item) writeItem(output, inner, deeper(depth));
  }
}

function writeMap(output: CborWriter, map: CborMap, depth: number): void {
  output.map(map.size);
  const pairs: { key: Uint8Array; value: CborItem }[] = [];
  for (const [key, value] of map) pairs.push({ key: encodeAt(key, depth), value });
  pairs.sort((a, b) => compareBytes(a.key, b.key));
  const keys = new MapKeys();
  for (const { key, value } of pairs) {
    keys.next(key);
    writeItem(output.encoded(key), value, depth);
  }
}

/** Integers that a number holds exactly are written as such; 64 bits are the most a head carries. */
function writeBigInt(output: CborWriter, value: bigint): void {
  const number = Number(value);
  if (Number.isSafeInteger(number)) {
    output.integer(number);
    return;
  }
  const major = value < 0n ? Major.negative : Major.unsigned;
  const argument = value < 0n ? -1n - value : value;
  if (argument >= 2n ** 64n) refuse('badArgument');
  const item = new DataView(new ArrayBuffer(9));
  item.setUint8(0, (major << 5) | Info.eightBytes);
  item.setBigUint64(1, argument);
  output.encoded(new Uint8Array(item.buffer));
}

function unnamedSimple(value: number): Uint8Array {
  const isReserved = value >= Simple.false && value < 32;
  if (!Number.isInteger(value) || value < 0 || value > 255 || isReserved) refuse('badArgument');
  return simpleBytes(value);
}

function simpleBytes(value: number): Uint8Array {
  const initial = Major.simple << 5;
  return value < Info.oneByte ? Uint8Array.of(initial | value) : Uint8Array.of(initial | Info.oneByte, value);
}
