// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { type Below, createBelow } from '../bytes/random.testing.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { HeadReader, Major, writeHead } from '../cbor/head.ts';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { compactPayloads } from './compact.ts';
import { splitNames } from './concise.ts';
import { AS_IT_IS, FLOATS } from './concise-cases.testing.ts';
import { expandReading } from './expand.ts';
import type { PnePayloads } from './payload.ts';
import { randomBytesOf, randomValue } from './random.testing.ts';

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

const SEED = 0x0c0c15e;
const { dictionaryMaxNames, dictionaryMaxNameBytes } = ImplementationLimits;

/** Two codecs pack the same bytes, and learn the same names, of payloads that are right, changed or nonsense. */
export function runConciseDifferentialTests(ours: PnePayloads, reference: PnePayloads, cases: number): void {
  const test = suite('concise readings in one call and in TypeScript');

  test('agree on messages and names, and what is packed expands to what it was', () => {
    let packed = 0;
    let short = 0;
    for (let i = 0; i < cases; i++) {
      const below = createBelow(SEED + i);
      const payloads = Array.from({ length: below(5) }, () => randomPayload(below));
      const message = samePack(i, ours, reference, payloads, below);
      if (message === undefined) continue;
      packed += 1;
      if (message.length < concatBytes(...payloads).length) short += 1;
    }
    console.log(
      `  readings in C and in TypeScript: ${packed} messages, ${short} shorter than their payloads`,
    );
    assert.ok(cases < 1000 || (packed > cases / 4 && short > cases / 8));
  });

  test('agree on each kind of float, and on what stays as it is', () => {
    const names = encoded(['t']);
    const payloads = [...FLOATS.map(([float]) => `a16174${float}`), ...AS_IT_IS];
    for (const [index, payload] of payloads.entries())
      sameBytes(index, ours, reference, (codec) => codec.pack(5, 0, [fromHex(payload)], names, 1));
  });

  test('agree on more names than fit', () => {
    const fields = Array.from({ length: dictionaryMaxNames + 2 }, (_, index) => [`n${index}`, index]);
    const payload = compactPayloads.encode(Object.fromEntries(fields));
    for (let count = dictionaryMaxNames - 2; count <= dictionaryMaxNames; count++) {
      const names = encoded(fields.slice(0, count).map(([name]) => String(name)));
      sameBytes(count, ours, reference, (codec) => codec.withNames(names, [payload]));
      sameBytes(count, ours, reference, (codec) => codec.pack(5, 0, [payload], names, count));
    }
  });

  test.run();
}

/** Undefined where there was more to learn. */
function samePack(
  index: number,
  ours: PnePayloads,
  reference: PnePayloads,
  payloads: readonly Uint8Array[],
  below: Below,
): Uint8Array | undefined {
  const given = randomNames(SEED + index);
  const learned = sameBytes(index, ours, reference, (codec) => codec.withNames(given, payloads))!;
  const names = below(3) === 0 ? given : learned;
  const known = below(4) === 0 ? 0 : below(dictionaryMaxNames + 1);
  const first = below(2) === 0 ? below(40) : below(2 ** 20) * 2 ** 20;
  const message = sameBytes(index, ours, reference, (codec) => codec.pack(5, first, payloads, names, known));
  if (message === undefined) return undefined;
  assert.equal(expand(message, splitNames(names)).map(toHex), payloads.map(toHex), `case ${index}`);
  return message;
}

function sameBytes(
  index: number,
  ours: PnePayloads,
  reference: PnePayloads,
  call: (codec: PnePayloads) => Uint8Array | undefined,
): Uint8Array | undefined {
  const [actual, expected] = [ours, reference].map(call);
  assert.is(actual && toHex(actual), expected && toHex(expected), `case ${index}`);
  return expected;
}

function expand(message: Uint8Array, names: readonly Uint8Array[]): Uint8Array[] {
  const head = new HeadReader(message);
  head.next();
  const count = head.argument - 2;
  head.next();
  head.next();
  const payloads = Array.from({ length: count }, () => expandReading(head, names));
  head.input.end();
  return payloads;
}

/** Mostly a map as sensors make it. */
function randomPayload(below: Below): Uint8Array {
  if (below(3) > 0) return compactPayloads.encode(randomReading(below));
  try {
    const payload = compactPayloads.encode(randomValue(below));
    return below(2) === 0 ? payload : randomBytesOf(payload, below);
  } catch (error) {
    assert.instance(error, Refusal);
    return Uint8Array.of(0xa0 | below(8), below(256), below(256));
  }
}

function randomReading(below: Below): Record<string, unknown> {
  const reading: Record<string, unknown> = {};
  for (let left = below(9); left > 0; left--) reading[randomName(below)] = randomNumber(below);
  return below(4) > 0 ? reading : { ...reading, [randomName(below)]: [reading, below(100)] };
}

function randomName(below: Below): string {
  const lengths = [0, 1, 2, 23, 24, dictionaryMaxNameBytes, dictionaryMaxNameBytes + 1];
  return below(3) > 0 ? `name ${below(30)}` : 'xy'.repeat(20).slice(0, lengths[below(lengths.length)]);
}

/** Decimals of every length, floats near the borders of each width, and any bits. */
function randomNumber(below: Below): number {
  const sign = below(2) === 0 ? 1 : -1;
  switch (below(5)) {
    case 0:
      return (sign * below(10 ** (1 + below(9)))) / 10 ** below(12);
    case 1:
      return sign * (below(2 ** 24) / 2 ** below(24)) * 2 ** (below(300) - 150);
    case 2:
      return sign * (1 + below(2 ** 11) / 2 ** 11) * 2 ** (below(40) - 20);
    case 3: {
      const view = new DataView(new ArrayBuffer(8));
      view.setUint32(0, below(2 ** 32));
      view.setUint32(4, below(2) === 0 ? 0 : below(2 ** 32));
      return view.getFloat64(0);
    }
    default:
      return sign * below(2 ** 32);
  }
}

function randomNames(seed: number): Uint8Array {
  const below = createBelow(seed);
  const names = new Set<string>();
  for (let left = below(dictionaryMaxNames + 1); left > 0; left--) names.add(randomName(below));
  const known = [...names].filter((name) => name.length <= dictionaryMaxNameBytes);
  return encoded(known);
}

function encoded(names: readonly string[]): Uint8Array {
  const output = new ByteWriter();
  writeHead(output, Major.array, names.length + 1);
  writeHead(output, Major.unsigned, 6);
  for (const name of names) {
    const bytes = encodeUtf8(name);
    writeHead(output, Major.textString, bytes.length);
    output.bytes(bytes);
  }
  return output.finish();
}
