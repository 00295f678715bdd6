// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ReasonName, Refusal } from '../refusal.ts';
import { CborFloat, type CborItem, CborSimple, CborTagged, decodeItem, encodeItem } from './item.ts';

const item = suite('CborItem');
const { cborMaxBytes, cborMaxDepth, cborMaxItems } = ImplementationLimits;
const encoded = (value: CborItem) => toHex(encodeItem(value));
const decoded = (hex: string) => decodeItem(fromHex(hex));

item('decodes negative integers with a one-byte argument (lakers: 38 nn)', () => {
  for (let argument = 24; argument < 256; argument++) {
    const bytes = Uint8Array.of(0x38, argument);
    assert.is(decodeItem(bytes), -1 - argument);
    assert.equal(encodeItem(-1 - argument), bytes);
  }
});

item('keeps integers exact on both sides of 2^53', () => {
  const edges: [number | bigint, string][] = [
    [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
    [2n ** 53n, '1b0020000000000000'],
    [2n ** 64n - 1n, '1bffffffffffffffff'],
    [Number.MIN_SAFE_INTEGER, '3b001ffffffffffffe'],
    [-(2n ** 53n), '3b001fffffffffffff'],
    [-(2n ** 64n), '3bffffffffffffffff'],
  ];
  for (const [value, hex] of edges) {
    assert.is(decoded(hex), value);
    assert.is(encoded(value), hex);
  }
});

item('writes a small bigint as the shortest integer', () => {
  assert.is(encoded(10n), '0a');
  assert.is(encoded(-500n), '3901f3');
});

item('keeps floats apart from integers', () => {
  assert.equal(decoded('f93c00'), new CborFloat(1));
  assert.is(encoded(new CborFloat(1)), 'f93c00');
  assert.is(encoded(1), '01');
});

item('writes the shortest float that is exact', () => {
  const floats: [number, string][] = [
    [0, 'f90000'],
    [-0, 'f98000'],
    [65504, 'f97bff'],
    [65505, 'fa477fe100'],
    [65520, 'fa477ff000'],
    [2 ** -14, 'f90400'],
    [2 ** -24, 'f90001'],
    [2 ** -24 * 1023, 'f903ff'],
    [2 ** -25, 'fa33000000'],
    [2 ** -24 * 1.5, 'fa33c00000'],
    [1 + 2 ** -10, 'f93c01'],
    [1 + 2 ** -11, 'fa3f801000'],
    [1 + 2 ** -23, 'fa3f800001'],
    [1 + 2 ** -24, 'fb3ff0000010000000'],
    [2 ** -149, 'fa00000001'],
    [2 ** -150, 'fb3690000000000000'],
    [5e-324, 'fb0000000000000001'],
    [Infinity, 'f97c00'],
    [-Infinity, 'f9fc00'],
    [NaN, 'f97e00'],
  ];
  for (const [value, hex] of floats) {
    assert.is(encoded(new CborFloat(value)), hex);
    assert.ok(Object.is((decoded(hex) as CborFloat).value, value));
  }
});

item('refuses floats that a shorter one holds, and every NaN but one', () => {
  const longer = [
    'fa00000000',
    'fa80000000',
    'fa33800000',
    'fa477fe000',
    'fb36a0000000000000',
    'fb8000000000000000',
  ];
  const nans = ['f97e01', 'f97c01', 'f9fe00', 'fa7fc00001', 'fb7ff8000000000001', 'fb7ff0000000000001'];
  for (const hex of [...longer, ...nans]) refuses('notDeterministic', () => decoded(hex));
});

item('sorts map keys by their encoding', () => {
  const map = new Map<CborItem, CborItem>([
    [[100], 0],
    [-1, 0],
    ['z', 0],
    [false, 0],
    [100, 0],
    ['aa', 0],
    [10, 0],
  ]);
  assert.is(encoded(map), 'a7' + '0a00' + '186400' + '2000' + '617a00' + '62616100' + '81186400' + 'f400');
});

item('refuses to encode keys that have one encoding', () => {
  const keys: [CborItem, CborItem][] = [
    [1, 1n],
    [Uint8Array.of(1), Uint8Array.of(1)],
    [new CborFloat(1), new CborFloat(1)],
  ];
  for (const [a, b] of keys) {
    const map = new Map<CborItem, CborItem>([[a, 0]]).set(b, 0);
    refuses('duplicateKey', () => encodeItem(map));
  }
});

item('refuses to decode keys that repeat or do not ascend', () => {
  refuses('duplicateKey', () => decoded('a201000100'));
  refuses('duplicateKey', () => decoded('a2616100616100'));
  refuses('notDeterministic', () => decoded('a202000100'));
  refuses('notDeterministic', () => decoded('a262616100617a00'));
});

item('owns its bytes', () => {
  const bytes = fromHex('420102');
  const content = decodeItem(bytes) as Uint8Array;
  bytes[1] = 9;
  assert.equal([...content], [1, 2]);
});

item('keeps tags and simple values', () => {
  assert.equal(decoded('d9d9f7f8ff'), new CborTagged(55799, new CborSimple(255)));
  assert.is(encoded(new CborTagged(55799, new CborSimple(255))), 'd9d9f7f8ff');
  assert.is(encoded(new CborSimple(19)), 'f3');
  assert.is(encoded(new CborSimple(32)), 'f820');
});

item('refuses values that CBOR has no form for', () => {
  for (const value of [20, 24, 31, 256, -1, 0.5])
    refuses('badArgument', () => encodeItem(new CborSimple(value)));
  for (const value of [0.5, NaN, 2 ** 53]) refuses('badArgument', () => encodeItem(value));
  for (const value of [2n ** 64n, -(2n ** 64n) - 1n]) refuses('badArgument', () => encodeItem(value));
  for (const value of [-1, 0.5]) refuses('badArgument', () => encodeItem(new CborTagged(value, 0)));
  refuses('invalidUtf8', () => encodeItem('\udfff'));
});

item('refuses bytes after the item and no bytes at all', () => {
  refuses('trailingBytes', () => decoded('0000'));
  refuses('truncated', () => decoded(''));
});

item('counts depth once a level (cbor2 counted it twice)', () => {
  const deepest = `${'81'.repeat(cborMaxDepth)}00`;
  assert.is(encoded(decoded(deepest)), deepest);
  for (const level of ['81', 'a100', 'c1', 'a1']) {
    refuses('tooDeep', () => decoded(`${level.repeat(cborMaxDepth + 1)}00`));
    refuses('tooDeep', () => decoded(`${level.repeat(2000)}00`));
  }
});

item('refuses to encode deeper than it decodes, cycles included', () => {
  let nested: CborItem = 0;
  for (let i = 0; i < cborMaxDepth; i++) nested = [nested];
  encodeItem(nested);
  refuses('tooDeep', () => encodeItem([nested]));
  refuses('tooDeep', () => encodeItem(new Map([[nested, 0]])));
  const cycle: CborItem[] = [];
  cycle.push(cycle);
  refuses('tooDeep', () => encodeItem(cycle));
});

item('refuses more bytes or items than the limits say', () => {
  refuses('tooLong', () => decodeItem(new Uint8Array(cborMaxBytes + 1)));
  refuses('tooManyItems', () => encodeItem(new Array(cborMaxItems + 1).fill(0)));
  refuses('tooManyItems', () => decoded(`9841${'00'.repeat(65)}`));
  refuses('tooManyItems', () => decoded('9affffffff0000'));
});

item.run();

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
