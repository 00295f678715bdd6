// SPDX-License-Identifier: Apache-2.0

/** Flat CBOR, floats and UTF-8 in C (firmware/providers/device-bytes.ts), beside what they stand for. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { createRandom, randomBytes } from '../../src/bytes/random.testing.ts';
import { checkUtf8, decodeUtf8, encodeUtf8 } from '../../src/bytes/utf8.ts';
import { decodeFlat, encodeFlat, encodeThree, type FlatItem } from '../../src/cbor/flat.ts';
import { floatValue } from '../../src/cbor/float.ts';
import { HeadReader, Info } from '../../src/cbor/head.ts';
import { randomBytesOf } from '../../src/payload/random.testing.ts';
import * as device from '../providers/device-bytes.ts';
import { outcomeOf } from './crypto-bytes.testing.ts';

const test = suite('flat CBOR, floats and UTF-8 in C and in TypeScript');

/** Build-time definition: how many cases, of which some comparisons take a tenth. */
declare const BYTES_CASES: number;

test('the same flat arrays, and the same reasons', () => {
  const outcomes = new Set<string>();
  for (let i = 0; i < BYTES_CASES; i++) {
    const random = createRandom(i + 1);
    const below = (limit: number) => random() % limit;
    const items = randomItems(below);
    const expected = outcomeOf(() => toHex(encodeFlat(items)));
    assert.equal(
      outcomeOf(() => toHex(device.encodeFlat(items))),
      expected,
      `case ${i}`,
    );
    if (items.length === 3) {
      const [first, second, third] = items as [FlatItem, FlatItem, FlatItem];
      for (const { encodeThree: encode } of [device, { encodeThree }]) {
        assert.equal(
          outcomeOf(() => toHex(encode(first, second, third))),
          expected,
        );
      }
    }
    outcomes.add(expected.reason ?? 'encoded');
    const bytes = randomBytesOf(expected.reason === undefined ? encodeFlat(items) : fromHex('80'), below);
    const decoded = outcomeOf(() => decodeFlat(bytes));
    assert.equal(
      outcomeOf(() => device.decodeFlat(bytes)),
      decoded,
      `case ${i}: ${toHex(bytes)}`,
    );
    outcomes.add(decoded.reason ?? 'decoded');
  }
  for (const outcome of EXPECTED) assert.ok(outcomes.has(outcome), `none was ${outcome}`);
});

const EXPECTED = [
  'encoded',
  'decoded',
  'badArgument',
  'invalidUtf8',
  'tooLong',
  'tooManyItems',
  'truncated',
  'trailingBytes',
  'wrongType',
  'notDeterministic',
  'notWellFormed',
];

/** Around each border of the halves, singles and doubles. */
const SIZES = Object.freeze([
  0,
  1,
  0.5,
  1.1,
  2047,
  2049,
  65504,
  65505,
  65536,
  2 ** -14,
  2 ** -24,
  2 ** -25,
  3 * 2 ** -24,
  1023 * 2 ** -24,
  1023.5 * 2 ** -24,
  2 ** -149,
  2 ** 127,
  3.4e38,
  1e300,
  5e-324,
  2 ** -14 - 2 ** -25,
  Infinity,
  NaN,
]);

test('the same floats, and the same refusals', () => {
  const outcomes = new Set<string>();
  for (const size of [...SIZES, ...SIZES.map((each) => -each)]) {
    const view = new DataView(new ArrayBuffer(9));
    view.setUint8(0, 0xfb);
    view.setFloat64(1, size);
    compare(new Uint8Array(view.buffer.slice(0)));
    view.setUint8(0, 0xfa);
    view.setFloat32(1, size);
    compare(new Uint8Array(view.buffer.slice(0, 5)));
  }
  for (let half = 0; half < 0x10000; half += 7) compare(Uint8Array.of(0xf9, half >> 8, half & 0xff));
  compare(Uint8Array.of(0xf9, 0x7e, 0));
  for (let i = 0; i < BYTES_CASES / 10; i++) {
    const bytes = randomBytes(createRandom(i + 1), 9);
    bytes[0] = 0xfa + (i % 2);
    compare(bytes.subarray(0, bytes[0] === 0xfa ? 5 : 9));
  }
  assert.equal([...outcomes].sort(), [
    '25 notDeterministic',
    '25 undefined',
    '26 notDeterministic',
    '26 undefined',
    '27 notDeterministic',
    '27 undefined',
  ]);

  function compare(bytes: Uint8Array): void {
    const head = new HeadReader(bytes);
    head.next();
    assert.ok(head.info >= Info.twoBytes);
    const expected = outcomeOf(() => floatValue(head));
    const actual = outcomeOf(() => device.floatValue(head));
    assert.ok(Object.is(actual.result, expected.result) && actual.reason === expected.reason, toHex(bytes));
    outcomes.add(`${head.info} ${expected.reason}`);
  }
});

/** Around each border of UTF-8 and of surrogates. */
const UNITS = Object.freeze([
  0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff,
]);

test('the same UTF-8, and the same refusals', () => {
  const outcomes = new Set<string>();
  for (let i = 0; i < BYTES_CASES / 10; i++) {
    const random = createRandom(i + 1);
    const units = Array.from({ length: random() % 6 }, () => UNITS[random() % UNITS.length]!);
    const text = String.fromCharCode(...units) + String.fromCodePoint(0x1f600);
    const encoded = outcomeOf(() => toHex(encodeUtf8(text)));
    assert.equal(
      outcomeOf(() => toHex(device.encodeUtf8(text))),
      encoded,
      `${units}`,
    );
    const bytes = encoded.reason === undefined ? encodeUtf8(text) : randomBytes(random, random() % 40);
    if (random() % 2 === 0 && bytes.length > 0) bytes[random() % bytes.length]! ^= 1 << (random() % 8);
    const decoded = outcomeOf(() => decodeUtf8(bytes));
    assert.equal(
      outcomeOf(() => device.decodeUtf8(bytes)),
      decoded,
      toHex(bytes),
    );
    assert.equal(
      outcomeOf(() => device.checkUtf8(bytes)),
      outcomeOf(() => checkUtf8(bytes)),
      toHex(bytes),
    );
    const start = random() % (bytes.length + 1);
    const end = start + (random() % (bytes.length - start + 1));
    assert.equal(
      outcomeOf(() => device.checkUtf8(bytes, start, end)),
      outcomeOf(() => checkUtf8(bytes, start, end)),
      `${toHex(bytes)} from ${start} to ${end}`,
    );
    outcomes.add(`encoded ${encoded.reason}`).add(`decoded ${decoded.reason}`);
  }
  assert.is(outcomes.size, 4, [...outcomes].join());
});

function randomItems(below: (limit: number) => number): FlatItem[] {
  const length = below(50) === 0 ? 60 + below(10) : below(7);
  return Array.from({ length }, () => randomItem(below));
}

const NUMBERS = [
  0,
  23,
  24,
  255,
  256,
  65535,
  65536,
  2 ** 32 - 1,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  1,
  2,
  3,
  4,
];

const WRONG = [-1, 0.5, 2 ** 53, NaN, Infinity, '\ud800'];

function randomItem(below: (limit: number) => number): FlatItem {
  if (below(60) === 0) return WRONG[below(WRONG.length)]!;
  switch (below(4)) {
    case 0:
      return randomBytes(() => below(256), below(80) === 0 ? 8000 + below(400) : below(40));
    case 1:
      return 'aé€\0\u{1f510}'.slice(below(5)).repeat(below(9));
    default:
      return NUMBERS[below(NUMBERS.length)]!;
  }
}

test.run();
