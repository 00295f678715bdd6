// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ReasonName, Refusal } from '../refusal.ts';
import { MapKeys } from './keys.ts';
import { CborReader } from './reader.ts';

const reader = suite('CborReader');
const { cborMaxBytes, cborMaxDepth, cborMaxItems } = ImplementationLimits;
const over = (hex: string) => new CborReader(fromHex(hex));

/** Every method with an item of its kind. */
const METHODS: Readonly<Record<string, { read: (from: CborReader) => unknown; own: string }>> = {
  unsigned: { read: (from) => from.unsigned(), own: '1818' },
  integer: { read: (from) => from.integer(), own: '3863' },
  byteString: { read: (from) => from.byteString(), own: '420102' },
  textString: { read: (from) => from.textString(), own: '62c3a9' },
  array: { read: (from) => from.array(), own: '820102' },
  map: { read: (from) => from.map(), own: 'a10102' },
  tag: { read: (from) => from.tag(), own: 'd81800' },
  boolean: { read: (from) => from.boolean(), own: 'f5' },
  nil: { read: (from) => from.nil(), own: 'f6' },
};

for (const [name, { read, own }] of Object.entries(METHODS)) {
  reader(`${name} reads its own kind and refuses every other`, () => {
    read(over(own));
    for (const other of Object.values(METHODS)) {
      const accepted = other.own === own || (name === 'integer' && other.own === '1818');
      if (!accepted) refuses('wrongType', () => read(over(other.own)));
    }
    refuses('wrongType', () => read(over('f7')));
    refuses('wrongType', () => read(over('f93c00')));
    refuses('wrongType', () => read(over('f8ff')));
  });

  reader(`${name} refuses an end before the item`, () => {
    refuses('truncated', () => read(over('')));
  });
}

reader('reads a sequence item by item to its end', () => {
  const items = over('0020f64161');
  assert.is(items.peekMajor(), 0);
  assert.is(items.unsigned(), 0);
  assert.is(items.integer(), -1);
  assert.ok(items.isNil());
  items.nil();
  assert.not(items.isNil());
  refuses('trailingBytes', () => items.end());
  assert.equal([...items.byteString()], [0x61]);
  assert.is(items.remaining, 0);
  items.end();
  refuses('truncated', () => items.isNil());
  refuses('truncated', () => items.peekMajor());
});

reader('reads negative integers with a one-byte argument (lakers: 38 nn)', () => {
  for (let argument = 24; argument < 256; argument++) {
    assert.is(new CborReader(Uint8Array.of(0x38, argument)).integer(), -1 - argument);
  }
});

reader('refuses every head that has a shorter form', () => {
  for (const argument of ['1817', '1900ff', '1a0000ffff', '1b00000000ffffffff']) {
    for (let major = 0; major < 7; major++) {
      const bytes = fromHex(argument);
      bytes[0] = bytes[0]! | (major << 5);
      refuses('notDeterministic', () => new CborReader(bytes).skip());
    }
  }
});

reader('refuses indefinite lengths', () => {
  refuses('notDeterministic', () => over('5f4100ff').byteString());
  refuses('notDeterministic', () => over('7f6161ff').textString());
  refuses('notDeterministic', () => over('9fff').array());
  refuses('notDeterministic', () => over('bfff').map());
});

reader('refuses reserved additional information', () => {
  for (let major = 0; major < 8; major++) {
    for (const info of [28, 29, 30]) {
      refuses('notWellFormed', () => new CborReader(Uint8Array.of((major << 5) | info)).skip());
    }
  }
  for (const initial of [0x1f, 0x3f, 0xdf, 0xff]) {
    refuses('notWellFormed', () => new CborReader(Uint8Array.of(initial)).skip());
  }
});

reader('refuses integers that a number does not hold exactly', () => {
  assert.is(over('1b001fffffffffffff').integer(), Number.MAX_SAFE_INTEGER);
  assert.is(over('3b001ffffffffffffe').integer(), Number.MIN_SAFE_INTEGER);
  refuses('tooLong', () => over('1b0020000000000000').unsigned());
  refuses('tooLong', () => over('1b0020000000000000').integer());
  refuses('tooLong', () => over('3b001fffffffffffff').integer());
  refuses('tooLong', () => over('db002000000000000000').tag());
});

reader('refuses a declared length before it takes memory', () => {
  refuses('tooLong', () => over('592001').byteString());
  refuses('tooLong', () => over('7affffffff').textString());
  refuses('tooLong', () => over('5bffffffffffffffff').byteString());
  refuses('truncated', () => over('592000').byteString());
  refuses('truncated', () => over('6261').textString());
  refuses('tooManyItems', () => over('9affffffff').array());
  refuses('tooManyItems', () => over('b841').map());
  refuses('truncated', () => over('8201').array());
  refuses('truncated', () => over('a20102').map());
});

reader('accepts as many items and bytes as the limits say', () => {
  const items = new Uint8Array(2 + cborMaxItems);
  items.set([0x98, cborMaxItems]);
  assert.is(new CborReader(items).array(), cborMaxItems);
  const longest = new Uint8Array(3 + cborMaxBytes);
  longest.set([0x59, cborMaxBytes >> 8, cborMaxBytes & 0xff]);
  assert.is(new CborReader(longest).byteString().length, cborMaxBytes);
  refuses('tooLong', () => new CborReader(longest).skip());
});

reader('refuses text that is not UTF-8', () => {
  refuses('invalidUtf8', () => over('61ff').textString());
  refuses('invalidUtf8', () => over('62c0af').skip());
});

reader('skips one whole item and returns its bytes', () => {
  const items = over('a2018202f5616183c1f93c00d8184100f8ff05');
  assert.is(toHex(items.peekItem()), 'a2018202f5616183c1f93c00d8184100f8ff');
  assert.is(toHex(items.skip()), 'a2018202f5616183c1f93c00d8184100f8ff');
  assert.is(items.unsigned(), 5);
  items.end();
});

reader('refuses to skip floats that a shorter one holds', () => {
  for (const hex of [
    'fa3f800000',
    'fb3ff0000000000000',
    'fb3ff0000020000000',
    'f97e01',
    'f9fe00',
    'fa7fc00000',
  ]) {
    refuses('notDeterministic', () => over(hex).skip());
  }
});

reader('refuses to skip maps whose keys repeat or do not ascend', () => {
  refuses('duplicateKey', () => over('a201000100').skip());
  refuses('notDeterministic', () => over('a202000100').skip());
  refuses('notDeterministic', () => over('a22000181800').skip());
  refuses('duplicateKey', () => over('81a16161a2616100616100').skip());
  over('a301001818002000').skip();
});

reader('ends a nesting bomb at the depth limit', () => {
  for (const level of [
    Uint8Array.of(0x81),
    Uint8Array.of(0xa1, 0x00),
    Uint8Array.of(0xc1),
    Uint8Array.of(0xa1),
  ]) {
    assert.is(new CborReader(nested(level, cborMaxDepth)).skip().length, nested(level, cborMaxDepth).length);
    refuses('tooDeep', () => new CborReader(nested(level, cborMaxDepth + 1)).skip());
    refuses('tooDeep', () => new CborReader(nested(level, 5000)).skip());
  }
});

reader('holds map keys to ascending order', () => {
  const keys = new MapKeys();
  const map = over('a20100616100');
  assert.is(map.map(), 2);
  keys.next(map.peekItem());
  assert.is(map.unsigned(), 1);
  map.skip();
  keys.next(map.peekItem());
  refuses('duplicateKey', () => keys.next(fromHex('6161')));
  refuses('notDeterministic', () => keys.next(fromHex('20')));
});

reader.run();

/** `levels` times the opening bytes; a map whose key is the nested item needs a value after it. */
function nested(opening: Uint8Array, levels: number): Uint8Array {
  const isKey = opening.length === 1 && opening[0] === 0xa1;
  const bytes = new Uint8Array(levels * opening.length + 1 + (isKey ? levels : 0));
  for (let i = 0; i < levels; i++) bytes.set(opening, i * opening.length);
  return bytes;
}

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
