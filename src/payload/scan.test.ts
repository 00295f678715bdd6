// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import appendixA from '../../tools/vectors/cbor-rfc8949/appendix_a.json';
import notWellFormed from '../../tools/vectors/cbor-rfc8949/not_well_formed.json';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import { scanPayload } from './scan.ts';

const scan = suite('scanPayload');
const { payloadMaxBytes, payloadMaxDepth, payloadMaxItems, payloadMaxTextBytes } = ImplementationLimits;
const scanned = (hex: string) => scanPayload(fromHex(hex));

scan('accepts Appendix A of RFC 8949 but tags, other simple values and integers past 2^53', () => {
  const outside = [
    '1bffffffffffffffff',
    '3bffffffffffffffff',
    'c249010000000000000000',
    'c349010000000000000000',
    'f0',
    'f8ff',
    'c074323031332d30332d32315432303a30343a30305a',
    'c11a514b67b0',
    'c1fb41d452d9ec200000',
    'd74401020304',
    'd818456449455446',
    'd82076687474703a2f2f7777772e6578616d706c652e636f6d',
  ];
  let accepted = 0;
  for (const { hex, roundtrip } of appendixA) {
    const isLongFloat = /^f[ab]/.test(hex);
    if (outside.includes(hex) || !(roundtrip || isLongFloat)) {
      assert.throws(() => scanned(hex), isRefusal);
    } else {
      scanned(hex);
      accepted += 1;
    }
  }
  assert.is(accepted, 58);
});

scan('refuses everything that is not well-formed', () => {
  assert.is(notWellFormed.vectors.length, 94);
  for (const { hex } of notWellFormed.vectors) assert.throws(() => scanned(hex), isRefusal);
});

scan('refuses an empty payload and bytes after the item', () => {
  refuses('truncated', () => scanned(''));
  refuses('trailingBytes', () => scanned('0000'));
  refuses('trailingBytes', () => scanned('8000'));
});

scan('refuses tags wherever they stand', () => {
  for (const hex of ['c100', '81c100', 'a100c100', 'a1c10000', 'd84000', 'd9dfff00', 'd9010380']) {
    refuses('wrongType', () => scanned(hex));
  }
});

scan('refuses heads that have a shorter form', () => {
  for (const hex of [
    '1817',
    '3817',
    '581700',
    '7817',
    '9800',
    'b800',
    '81190001',
    'a1180000',
    '1b0000000000000001',
  ]) {
    refuses('notDeterministic', () => scanned(hex));
  }
});

scan('refuses indefinite lengths', () => {
  for (const hex of ['5f4100ff', '7f6161ff', '9fff', 'bfff', '819fff', 'a1009fff']) {
    refuses('notDeterministic', () => scanned(hex));
  }
});

scan('refuses keys that become one property', () => {
  for (const hex of ['a201000100', 'a2616100616100', 'a20100613100', 'a26131000100', 'a22000622d3100']) {
    refuses('duplicateKey', () => scanned(hex));
  }
});

scan('tells the keys of one map from those of another', () => {
  scanned('82a10000a10000');
  scanned('a200a100000100');
});

scan('accepts keys in any order', () => {
  scanned('a36162006161000100');
});

scan('refuses keys that are neither text nor integers', () => {
  for (const key of ['4161', '80', 'a0', 'f5', 'f6', 'f7', 'f93c00', 'c100', '1b0020000000000000']) {
    const expected = key.startsWith('1b') ? 'tooLong' : 'wrongType';
    refuses(expected, () => scanned(`a1${key}00`));
  }
});

scan('refuses the key that would reach the prototype', () => {
  refuses('wrongType', () => scanned('a1695f5f70726f746f5f5f00'));
});

scan('refuses integers that a number does not hold exactly', () => {
  scanned('1b001fffffffffffff');
  scanned('3b001ffffffffffffe');
  refuses('tooLong', () => scanned('1b0020000000000000'));
  refuses('tooLong', () => scanned('3b001fffffffffffff'));
});

scan('refuses text that is not UTF-8, in values and in keys', () => {
  for (const text of ['61ff', '62c0af', '63eda080', '64f4908080', '61c3']) {
    refuses('invalidUtf8', () => scanned(text));
    refuses('invalidUtf8', () => scanned(`a1${text}00`));
  }
});

scan('refuses reserved and unassigned simple values', () => {
  for (const hex of ['e0', 'f3', 'f820', 'f8ff']) refuses('wrongType', () => scanned(hex));
  for (const hex of ['f800', 'f814', 'f818', 'f81f', 'fc', 'ff'])
    refuses('notWellFormed', () => scanned(hex));
});

scan('accepts floats of any width', () => {
  for (const hex of ['f93c00', 'fa3f800000', 'fb3ff0000000000000', 'f97e01', 'fb7ff8000000000001'])
    scanned(hex);
});

scan('ends a nesting bomb at the depth limit', () => {
  for (const level of ['81', 'a100']) {
    scanned(`${level.repeat(payloadMaxDepth)}00`);
    refuses('tooDeep', () => scanned(`${level.repeat(payloadMaxDepth + 1)}00`));
    refuses('tooDeep', () => scanned(`${level.repeat(900)}00`));
  }
  refuses('wrongType', () => scanned('a1'.repeat(900)));
  refuses('wrongType', () => scanned('c1'.repeat(900)));
});

scan('counts the entries of all containers together', () => {
  const half = payloadMaxItems / 2;
  const full = Uint8Array.from([
    0x82,
    0x98,
    half - 1,
    ...zeros(half - 1),
    0x98,
    half - 1,
    ...zeros(half - 1),
  ]);
  scanPayload(full);
  const over = Uint8Array.from([0x82, 0x98, half - 1, ...zeros(half - 1), 0x98, half, ...zeros(half)]);
  refuses('tooManyItems', () => scanPayload(over));
});

scan('refuses a declared length before it takes memory', () => {
  for (const hex of ['1affffffff', '3affffffff']) scanned(hex);
  for (const hex of [
    '5affffffff',
    '9affffffff',
    'baffffffff',
    '9b001fffffffffffff',
    'bb001fffffffffffff',
    '4200',
    '8200',
  ]) {
    refuses('truncated', () => scanned(hex));
  }
  for (const hex of ['7affffffff', '5bffffffffffffffff', '9bffffffffffffffff']) {
    refuses('tooLong', () => scanned(hex));
  }
});

scan('refuses more bytes or text than the limits say', () => {
  const text = (length: number) =>
    Uint8Array.from([0x79, length >> 8, length & 0xff, ...new Uint8Array(length).fill(0x61)]);
  scanPayload(text(payloadMaxTextBytes));
  refuses('tooLong', () => scanPayload(text(payloadMaxTextBytes + 1)));
  const longest = new Uint8Array(payloadMaxBytes);
  longest.set([0x59, (payloadMaxBytes - 3) >> 8, (payloadMaxBytes - 3) & 0xff]);
  scanPayload(longest);
  refuses('tooLong', () => scanPayload(new Uint8Array(payloadMaxBytes + 1)));
});

scan('refuses every payload cut short', () => {
  const whole = fromHex('a3616101616283f5fb3ff0000000000000f6616343010203');
  scanPayload(whole);
  for (let length = 0; length < whole.length; length++) {
    refuses('truncated', () => scanPayload(whole.subarray(0, length)));
  }
  assert.is(toHex(whole).length, 48);
});

scan.run();

function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

function isRefusal(error: unknown): boolean {
  return error instanceof Refusal;
}

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
