// SPDX-License-Identifier: Apache-2.0

/** Copies and flat arrays in C beside those in TypeScript. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareBytes, concatBytes, equalBytes } from '../../src/bytes/compare.ts';
import { copyBytes, withHead, withoutHead } from '../../src/bytes/copy.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { createRandom, randomBytes } from '../../src/bytes/random.testing.ts';
import { encodeFlat } from '../../src/cbor/flat.ts';
import { cutFragment } from '../../src/link/cut.ts';
import { FRAGMENT_NUMBERS } from '../../src/link/fragment.ts';
import { bindBytesNatives } from '../platform/bytes.ts';
import * as device from '../providers/device-bytes.ts';
import { outcomeOf } from './crypto-bytes.testing.ts';

const test = suite('bytes in C and in TypeScript');

/** Build-time definition: how many cases, of which some comparisons take a tenth. */
declare const BYTES_CASES: number;

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

test.run();
