// SPDX-License-Identifier: Apache-2.0

/** Makes readings of rows: whether a PNE could send one is found out here, where its line is known. */
import { ImplementationLimits } from '../../../src/limits.ts';
import { createCborXPayloads } from '../../../src/payload/codec.ts';
import { type ReasonName, Refusal } from '../../../src/refusal.ts';
import type { Row } from './row.ts';

const { payloadMaxBytes, payloadMaxDepth, payloadMaxItems, payloadMaxTextBytes } = ImplementationLimits;

const payloads = createCborXPayloads();

export function toRow(line: number, value: object): Row {
  try {
    const payload = payloads.encode(value);
    if (isSame(payloads.decode(payload), value)) return { line, payload };
    return { line, error: 'a payload would hold another value, as 0 for -0' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { line, error: problemOf(value, error.reasonName) };
  }
}

/** The limit that the value does not keep, and by how much. */
function problemOf(value: object, reason: ReasonName): string {
  const { bytes, items, depth, textBytes } = measure(value);
  if (depth > payloadMaxDepth) return `nested ${depth} deep, and a payload at most ${payloadMaxDepth}`;
  if (items > payloadMaxItems)
    return `${items.toLocaleString('en')} values, and a payload has at most ${payloadMaxItems}`;
  if (textBytes > payloadMaxTextBytes) return tooLong('a text', textBytes, payloadMaxTextBytes);
  if (bytes > payloadMaxBytes) return tooLong('a payload', bytes, payloadMaxBytes);
  return `no payload for a PNE: ${reason}`;
}

function tooLong(what: string, bytes: number, limit: number): string {
  const grouped = (number: number) => number.toLocaleString('en');
  return `${what} of ${grouped(bytes)} bytes, and ${grouped(limit)} is the limit`;
}

interface Size {
  bytes: number;
  items: number;
  depth: number;
  textBytes: number;
}

/** How large the value is in CBOR, whatever the limits. */
function measure(value: unknown): Size {
  if (typeof value === 'string') return measureText(value);
  if (typeof value !== 'object' || value === null)
    return { bytes: scalarBytes(value), items: 0, depth: 0, textBytes: 0 };
  const isArray = Array.isArray(value);
  const entries = Object.entries(value);
  const total = { bytes: headBytes(entries.length), items: entries.length, depth: 1, textBytes: 0 };
  for (const [key, inner] of entries) {
    if (!isArray) add(total, measureText(key));
    add(total, measure(inner));
  }
  return total;
}

function add(total: Size, { bytes, items, depth, textBytes }: Size): void {
  total.bytes += bytes;
  total.items += items;
  total.depth = Math.max(total.depth, depth + 1);
  total.textBytes = Math.max(total.textBytes, textBytes);
}

function measureText(text: string): Size {
  const textBytes = Buffer.byteLength(text);
  return { bytes: headBytes(textBytes) + textBytes, items: 0, depth: 0, textBytes };
}

function scalarBytes(value: unknown): number {
  if (typeof value !== 'number') return 1;
  const isInteger = Number.isInteger(value) && Math.abs(value) < 2 ** 32;
  return isInteger ? headBytes(value < 0 ? -1 - value : value) : 9;
}

function headBytes(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 2 ** 8) return 2;
  return argument < 2 ** 16 ? 3 : 5;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  const at = (value: object, key: string) => (value as Record<string, unknown>)[key];
  return keys.length === others.length && keys.every((key) => isSame(at(a, key), at(b, key)));
}
