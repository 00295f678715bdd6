// SPDX-License-Identifier: Apache-2.0

/**
 * Payloads for a device: what cbor-x writes and reads behind the scan (codec.ts), in a tenth of its size and
 * without anything that changes at module level. The same tests run on both.
 */
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { readFloat } from '../cbor/float.ts';
import { HeadReader, Info, Major, Simple, writeHead } from '../cbor/head.ts';
import { integerValue } from '../cbor/reader.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { packReadings, withNamesOf } from './concise.ts';
import type { PnePayloads } from './payload.ts';
import { scanPayload } from './scan.ts';

/** Room for what most payloads take. */
const USUAL_BYTES = 128;
const { payloadMaxDepth, payloadMaxTextBytes } = ImplementationLimits;

const codec: PnePayloads = {
  encode(value: unknown): Uint8Array {
    const output = new ByteWriter(USUAL_BYTES);
    writeValue(output, value, 0);
    const payload = output.finish();
    scanPayload(payload);
    return payload;
  },
  decode(payload: Uint8Array): unknown {
    scanPayload(payload);
    return readValue(new HeadReader(payload));
  },
  pack: packReadings,
  withNames: withNamesOf,
};

export const compactPayloads = Object.freeze(codec);

function writeValue(output: ByteWriter, value: unknown, depth: number): void {
  if (typeof value === 'string') writeText(output, value);
  else if (typeof value === 'number') writeNumber(output, value);
  else if (typeof value === 'object' && value !== null) writeObject(output, value, depth);
  else writeHead(output, Major.simple, simpleOf(value));
}

function simpleOf(value: unknown): number {
  if (value === undefined) return Simple.undefined;
  if (value === null) return Simple.null;
  if (typeof value !== 'boolean') refuse('wrongType');
  return value ? Simple.true : Simple.false;
}

function writeText(output: ByteWriter, text: string): void {
  if (text.length > payloadMaxTextBytes) refuse('tooLong');
  const bytes = encodeUtf8(text);
  writeHead(output, Major.textString, bytes.length);
  output.bytes(bytes);
}

/** Integers of up to 32 bits; all else has 64 bits, as cbor-x has it, but -0, which cbor-x takes for 0. */
function writeNumber(output: ByteWriter, value: number): void {
  if (Object.is(value, -0)) return output.bytes(Uint8Array.of(0xf9, 0x80, 0x00));
  if (!Number.isInteger(value) || value < -(2 ** 32) || value >= 2 ** 32) return writeFloat(output, value);
  if (value < 0) writeHead(output, Major.negative, -1 - value);
  else writeHead(output, Major.unsigned, value);
}

function writeFloat(output: ByteWriter, value: number): void {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  output.uint8((Major.simple << 5) | Info.eightBytes);
  output.bytes(new Uint8Array(bits.buffer));
}

function writeObject(output: ByteWriter, value: object, depth: number): void {
  if (value instanceof Uint8Array) {
    writeHead(output, Major.byteString, value.length);
    output.bytes(value);
    return;
  }
  if (depth >= payloadMaxDepth) refuse('tooDeep');
  if (Array.isArray(value)) {
    writeHead(output, Major.array, value.length);
    for (const inner of value) writeValue(output, inner, depth + 1);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) refuse('wrongType');
  const entries = Object.entries(value);
  writeHead(output, Major.map, entries.length);
  for (const [key, inner] of entries) {
    writeText(output, key);
    writeValue(output, inner, depth + 1);
  }
}

/** Of a payload that passed the scan: depth and lengths are bounded, keys differ. */
function readValue(head: HeadReader): unknown {
  head.next();
  switch (head.major) {
    case Major.byteString:
      return head.input.take(head.argument).slice();
    case Major.textString:
      return decodeUtf8(head.input.take(head.argument));
    case Major.array:
      return readArray(head);
    case Major.map:
      return readMap(head);
    case Major.simple:
      return head.isFloat ? readFloat(head) : simpleValue(head.low);
    default:
      return integerValue(head);
  }
}

function readArray(head: HeadReader): unknown[] {
  const values: unknown[] = [];
  for (let left = head.argument; left > 0; left -= 1) values.push(readValue(head));
  return values;
}

function readMap(head: HeadReader): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (let left = head.argument; left > 0; left -= 1) {
    const key = String(readValue(head));
    values[key] = readValue(head);
  }
  return values;
}

function simpleValue(value: number): boolean | null | undefined {
  if (value === Simple.undefined) return undefined;
  if (value === Simple.null) return null;
  return value === Simple.true;
}
