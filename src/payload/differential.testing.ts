// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { createBelow } from '../bytes/random.testing.ts';
import { Refusal } from '../refusal.ts';
import type { PayloadCodec } from './payload.ts';
import { randomBytesOf, randomValue } from './random.testing.ts';

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

const SEED = 0x0add1e;

/** What random calls come to, in a few thousand cases. */
const EXPECTED = [
  'encoded',
  'decoded',
  'truncated',
  'trailingBytes',
  'notWellFormed',
  'notDeterministic',
  'duplicateKey',
  'invalidUtf8',
  'wrongType',
  'tooLong',
  'tooDeep',
  'tooManyItems',
];

/**
 * Two codecs must make the same bytes of random values, and the same values of random bytes: right ones, changed ones
 * and nonsense. They refuse for the same reasons.
 */
export function runPayloadDifferentialTests(
  ours: PayloadCodec,
  reference: PayloadCodec,
  cases: number,
): void {
  const test = suite('payloads in one call and in TypeScript');

  test('agree on bytes, values and reasons', () => {
    assert.ok(cases > 0);
    const outcomes = new Map<string, number>();
    const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    for (let i = 0; i < cases; i++) {
      const below = createBelow(SEED + i);
      const value = randomValue(below);
      const payload = sameEncoding(ours, reference, value, `case ${i}`, count);
      const bytes = randomBytesOf(payload, below);
      sameDecoding(ours, reference, bytes, `case ${i}: ${toHex(bytes.slice(0, 64))}`, count);
    }
    const calls = [...outcomes.values()].reduce((sum, n) => sum + n, 0);
    console.log(`  payloads in C and in TypeScript: ${calls} of ${calls} random calls`);
    for (const outcome of EXPECTED) assert.ok(outcomes.has(outcome) || cases < 1000, `none was ${outcome}`);
  });

  test.run();
}

function sameEncoding(
  ours: PayloadCodec,
  reference: PayloadCodec,
  value: unknown,
  name: string,
  count: (outcome: string) => void,
): Uint8Array {
  const [actual, expected] = [ours, reference].map((codec) => outcomeOf(() => toHex(codec.encode(value))));
  assert.equal(actual, expected, name);
  count(expected!.reason ?? 'encoded');
  return expected!.reason === undefined ? reference.encode(value) : new Uint8Array(0);
}

function sameDecoding(
  ours: PayloadCodec,
  reference: PayloadCodec,
  bytes: Uint8Array,
  name: string,
  count: (outcome: string) => void,
): void {
  const [actual, expected] = [ours, reference].map((codec) =>
    outcomeOf(() => described(codec.decode(bytes))),
  );
  assert.equal(actual, expected, name);
  count(expected!.reason ?? 'decoded');
}

/** Tells apart all that JavaScript does: the sign of zero, what is missing and what is undefined, the order of names. */
function described(value: unknown): unknown {
  if (typeof value === 'number') return Object.is(value, -0) ? ['number', '-0'] : ['number', String(value)];
  if (value instanceof Uint8Array)
    return ['bytes', Object.getPrototypeOf(value) === Uint8Array.prototype, toHex(value)];
  if (Array.isArray(value))
    return ['array', value.length, Object.keys(value).length, ...value.map(described)];
  if (typeof value !== 'object' || value === null) return [typeof value, String(value)];
  const entries = Object.entries(value).map(([key, inner]) => [key, described(inner)]);
  return [
    'map',
    Object.getPrototypeOf(value) === Object.prototype,
    Reflect.ownKeys(value).length,
    ...entries,
  ];
}

interface Outcome {
  readonly reason?: string;
  readonly result?: unknown;
}

function outcomeOf(call: () => unknown): Outcome {
  try {
    return { result: call() };
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.reasonName };
    throw error;
  }
}
