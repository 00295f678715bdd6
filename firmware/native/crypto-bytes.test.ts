// SPDX-License-Identifier: Apache-2.0

/** Copies and flat arrays in C beside those in TypeScript. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareBytes, concatBytes, equalBytes } from '../../src/bytes/compare.ts';
import { copyBytes, withHead, withoutHead } from '../../src/bytes/copy.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { createRandom, randomBytes } from '../../src/bytes/random.testing.ts';
import { checkUtf8, decodeUtf8, encodeUtf8 } from '../../src/bytes/utf8.ts';
import { decodeFlat, encodeFlat, encodeThree, type FlatItem } from '../../src/cbor/flat.ts';
import { floatValue } from '../../src/cbor/float.ts';
import { HeadReader, Info } from '../../src/cbor/head.ts';
import { cutFragment } from '../../src/link/cut.ts';
import { FRAGMENT_NUMBERS } from '../../src/link/fragment.ts';
import { randomBytesOf } from '../../src/payload/random.testing.ts';
import { Refusal } from '../../src/refusal.ts';
import { bindBytesNatives } from '../platform/bytes.ts';
import * as device from '../providers/device-bytes.ts';

/** Build-time definition: how many cases, of which some comparisons take a tenth. */
declare const BYTES_CASES: number;

const test = suite('bytes in C and in TypeScript');
const untyped = bindBytesNatives() as unknown as Record<string, (...values: unknown[]) => unknown>;

test('the same copies', () => {
  for (let i = 0; i < BYTES_CASES; i++) {
    const random = createRandom(i + 1);
    const outer = randomBytes(random, random() % 300);
    const bytes = outer.subarray(random() % (outer.length + 1));
    const start = random() % (bytes.length + 1);
    const end = start + (random() % (bytes.length - start + 1));
    const headLength = 1 + (random() % 4);
    const head = random() % 256 ** headLength;
    assert.is(toHex(device.copyBytes(bytes, start, end)), toHex(copyBytes(bytes, start, end)));
    assert.is(toHex(device.copyBytes(bytes)), toHex(bytes));
    assert.is(toHex(device.withHead(head, headLength, bytes)), toHex(withHead(head, headLength, bytes)));
    const cut = withHead(head, headLength, bytes, start, end);
    assert.is(toHex(device.withHead(head, headLength, bytes, start, end)), toHex(cut));
    for (const other of [outer, bytes.subarray(0, start), cut, copyBytes(bytes)]) {
      assert.is(Math.sign(device.compareBytes(bytes, other)), Math.sign(compareBytes(bytes, other)));
      assert.is(device.equalBytes(bytes, other), equalBytes(bytes, other));
      assert.is(toHex(device.concatBytes(bytes, other, cut)), toHex(concatBytes(bytes, other, cut)));
    }
  }
});

test('the same views, and none of what has another head or length', () => {
  let views = 0;
  for (let i = 0; i < BYTES_CASES; i++) {
    const random = createRandom(i + 1);
    const headLength = 1 + (random() % 4);
    const head = random() % 256 ** headLength;
    const outer = withHead(head, headLength, randomBytes(random, random() % 40));
    const bytes = withHead(random() % 256, 1, outer).subarray(1);
    if (random() % 4 === 0) bytes[random() % bytes.length]! ^= 1 << (random() % 8);
    const cut = random() % 4 === 0 ? bytes.subarray(0, random() % 8) : bytes;
    const maximum = 1 + (random() % 50);
    const expected = withoutHead(head, headLength, cut, maximum);
    const actual = device.withoutHead(head, headLength, cut, maximum);
    assert.equal(actual && toHex(actual), expected && toHex(expected));
    if (actual === undefined) continue;
    views += 1;
    assert.is(actual.buffer, cut.buffer);
    assert.is(actual.byteOffset, cut.byteOffset + headLength);
    assert.is(Object.getPrototypeOf(actual), Uint8Array.prototype);
  }
  assert.ok(views > BYTES_CASES / 4);
});

test('the same fragments', () => {
  for (let i = 0; i < BYTES_CASES; i++) {
    const random = createRandom(i + 1);
    const message = randomBytes(random, 1 + (random() % 300)).subarray(random() % 2);
    if (message.length === 0) continue;
    const start = random() % 4 === 0 ? 0 : random() % message.length;
    const maxBytes = 20 + (random() % 300);
    const number = random() % FRAGMENT_NUMBERS;
    const expected = cutFragment(message, start, maxBytes, number);
    assert.is(toHex(device.cutFragment(message, start, maxBytes, number)), toHex(expected), `case ${i}`);
  }
});

test('what is no fragment is thrown back', () => {
  const message = Uint8Array.of(1, 2, 3);
  for (const values of [
    [],
    [message, 0, 20],
    ['text', 0, 20, 0],
    [message, 3, 20, 0],
    [message, -1, 20, 0],
    [message, 0, 19, 0],
    [message, 0, 20, FRAGMENT_NUMBERS],
    [new Uint8Array(0), 0, 20, 0],
  ])
    assert.throws(() => untyped.cutFragment!(...values));
});

test('a copy is plain, and nothing else holds it', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  for (const copy of [device.copyBytes(bytes), device.withHead(0, 1, bytes, 1)]) {
    assert.is(Object.getPrototypeOf(copy), Uint8Array.prototype);
    assert.is(copy.byteOffset + copy.buffer.byteLength, copy.length);
    bytes[2] = 9;
    assert.is(copy[2], 3);
    bytes[2] = 3;
  }
});

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

test('as long as a message may be, and not a byte longer', () => {
  for (const length of [8187, 8188, 8189]) {
    const items = [new Uint8Array(length)];
    const expected = outcomeOf(() => encodeFlat(items).length);
    assert.equal(expected, length > 8188 ? { reason: 'tooLong' } : { result: length + 4 });
    assert.equal(
      outcomeOf(() => device.encodeFlat(items).length),
      expected,
    );
  }
});

test('arguments of other kinds are thrown back', () => {
  const bytes = new Uint8Array(4);
  for (const call of [
    () => untyped.compare!(bytes),
    () => untyped.compare!(bytes, 'text'),
    () => untyped.concat!(bytes, undefined),
    () => untyped.copy!(),
    () => untyped.copy!('text'),
    () => untyped.copy!(bytes, -1),
    () => untyped.copy!(bytes, 0, 5),
    () => untyped.copy!(bytes, 3, 2),
    () => untyped.copy!(bytes, 0.5),
    () => untyped.copy!(new Uint16Array(4)),
    () => untyped.withHead!(1, 1),
    () => untyped.withHead!(256, 1, bytes),
    () => untyped.withHead!(-1, 1, bytes),
    () => untyped.withHead!(1, 0, bytes),
    () => untyped.withHead!(1, 5, bytes),
    () => untyped.withHead!(1, 1, bytes, 5),
    () => untyped.withoutHead!(1, 1, bytes),
    () => untyped.withoutHead!(256, 1, bytes, 8),
    () => untyped.withoutHead!(0, 0, bytes, 8),
    () => untyped.withoutHead!(0, 5, bytes, 8),
    () => untyped.withoutHead!(0, 1, bytes, 0),
    () => untyped.withoutHead!(0, 1, 'text', 8),
    () => untyped.withoutHead!(0, 1, bytes.buffer, 8),
    () => untyped.withoutHead!(0, 1, new DataView(bytes.buffer), 8),
    () => untyped.withoutHead!(0, 1, new Proxy(bytes, {}), 8),
    () => untyped.encodeFlat!(undefined),
    () => untyped.encodeFlat!(1, []),
    () => untyped.encodeFlat!(new Uint16Array(1)),
    () => untyped.encodeFlat!(new Proxy(bytes, {})),
    () => untyped.encodeFlat!(Object.create(bytes)),
    () => untyped.decodeFlat!(bytes),
    () => untyped.decodeFlat!([], () => 0),
    () => untyped.encodeText!(),
    () => untyped.encodeText!(1),
    () => untyped.decodeText!(),
    () => untyped.decodeText!('text'),
    () => untyped.isText!(),
    () => untyped.float!(25, 0),
    () => untyped.float!(24, 0, 0),
    () => untyped.float!(28, 0, 0),
    () => untyped.float!(25, 0, -1),
    () => untyped.float!(25, 2 ** 32, 0),
    () => untyped.isText!(new Proxy(bytes, {})),
  ]) {
    assert.throws(call, (error: unknown) => error instanceof TypeError || error instanceof RangeError);
  }
  assert.is(
    untyped.decodeFlat!(fromHex('8301'), () => 7),
    undefined,
  );
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

function outcomeOf(call: () => unknown): { readonly reason?: string; readonly result?: unknown } {
  try {
    return { result: call() };
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.reasonName };
    throw error;
  }
}

test.run();
