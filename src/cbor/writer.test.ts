// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ReasonName, Refusal } from '../refusal.ts';
import { CborReader } from './reader.ts';
import { CborWriter } from './writer.ts';

const writer = suite('CborWriter');
const { cborMaxItems } = ImplementationLimits;

writer('writes the shortest head at the edge of every width', () => {
  const edges: [number, string][] = [
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [255, '18ff'],
    [256, '190100'],
    [65535, '19ffff'],
    [65536, '1a00010000'],
    [2 ** 32 - 1, '1affffffff'],
    [2 ** 32, '1b0000000100000000'],
    [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
    [-1, '20'],
    [-24, '37'],
    [-25, '3818'],
    [-256, '38ff'],
    [-257, '390100'],
    [-65536, '39ffff'],
    [-65537, '3a00010000'],
    [-(2 ** 32), '3affffffff'],
    [-(2 ** 32) - 1, '3b0000000100000000'],
    [Number.MIN_SAFE_INTEGER, '3b001ffffffffffffe'],
  ];
  for (const [value, hex] of edges) {
    const bytes = new CborWriter().integer(value).finish();
    assert.is(toHex(bytes), hex);
    assert.is(new CborReader(bytes).integer(), value);
  }
});

writer('writes every kind, one after the other', () => {
  const inner = new CborWriter().textString('é').finish();
  const bytes = new CborWriter()
    .array(6)
    .byteString(Uint8Array.of(1, 2))
    .map(1)
    .integer(-1)
    .boolean(true)
    .tag(24)
    .byteString(inner)
    .boolean(false)
    .nil()
    .encoded(inner)
    .finish();
  assert.is(toHex(bytes), '86420102a120f5d8184362c3a9f4f662c3a9');
});

writer('refuses integers that a number does not hold exactly', () => {
  for (const value of [2 ** 53, -(2 ** 53), 0.5, NaN, Infinity]) {
    refuses('badArgument', () => new CborWriter().integer(value));
  }
});

writer('refuses counts and tags that are not whole numbers from 0', () => {
  refuses('badArgument', () => new CborWriter().array(-1));
  refuses('badArgument', () => new CborWriter().map(1.5));
  refuses('badArgument', () => new CborWriter().tag(2 ** 53));
  refuses('badArgument', () => new CborWriter().tag(-1));
});

writer('refuses more items than a reader takes', () => {
  new CborWriter().array(cborMaxItems).map(cborMaxItems);
  refuses('tooManyItems', () => new CborWriter().array(cborMaxItems + 1));
  refuses('tooManyItems', () => new CborWriter().map(cborMaxItems + 1));
});

writer('refuses a string that fills no message', () => {
  const long = new Uint8Array(ImplementationLimits.cborMaxBytes);
  refuses('tooLong', () => new CborWriter().byteString(long));
});

writer('refuses text with a surrogate that has no partner', () => {
  refuses('invalidUtf8', () => new CborWriter().textString('\ud800'));
});

writer.run();

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
