// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReasonName, Refusal } from '../refusal.ts';
import { fromHex, toHex } from './hex.ts';
import { checkUtf8, decodeUtf8, encodeUtf8 } from './utf8.ts';

const utf8 = suite('UTF-8');

/** The edges of every length, as code point and encoding (RFC 3629 section 3). */
const EDGES: readonly (readonly [number, string])[] = [
  [0x0, '00'],
  [0x7f, '7f'],
  [0x80, 'c280'],
  [0x7ff, 'dfbf'],
  [0x800, 'e0a080'],
  [0xd7ff, 'ed9fbf'],
  [0xe000, 'ee8080'],
  [0xfeff, 'efbbbf'],
  [0xffff, 'efbfbf'],
  [0x10000, 'f0908080'],
  [0x10ffff, 'f48fbfbf'],
];

const INVALID: Readonly<Record<string, readonly string[]>> = {
  overlong: ['c080', 'c1bf', 'e08080', 'e09fbf', 'f0808080', 'f08fbfbf'],
  surrogate: ['eda080', 'edbfbf', 'eda080edb080'],
  'past 10FFFF': ['f4908080', 'f7bfbfbf', 'f888808080', 'fc8480808080'],
  'lone continuation': ['80', 'bf', '6180'],
  truncated: ['c2', 'e0a0', 'f09080', '61e0'],
  'broken off by another character': ['c261', 'e0a061', 'e061a0', 'f0908061', 'c2c2'],
  'never a byte of UTF-8': ['fe', 'ff'],
};

utf8('encodes and decodes the edges of every length', () => {
  for (const [code, hex] of EDGES) {
    const text = String.fromCodePoint(code);
    assert.is(toHex(encodeUtf8(text)), hex);
    assert.is(decodeUtf8(fromHex(hex)), text);
    checkUtf8(fromHex(hex));
  }
});

utf8('round-trips text longer than one chunk, wherever the pairs fall', () => {
  for (let offset = 0; offset < 40; offset++) {
    const text = `${'a'.repeat(offset)}${'\u{1f510}é€'.repeat(20)}`;
    const bytes = encodeUtf8(text);
    assert.is(bytes.length, offset + 20 * 9);
    assert.is(decodeUtf8(bytes), text);
  }
  assert.is(decodeUtf8(new Uint8Array(0)), '');
});

utf8('joins a pair that was put together from its halves', () => {
  const halves = [0xd83d, 0xdd10].map((unit) => String.fromCharCode(unit));
  assert.is(toHex(encodeUtf8(`a${halves.join('')}b`)), '61f09f949062');
});

for (const [kind, encodings] of Object.entries(INVALID)) {
  utf8(`refuses bytes: ${kind}`, () => {
    for (const hex of encodings) {
      refuses('invalidUtf8', () => decodeUtf8(fromHex(hex)));
      refuses('invalidUtf8', () => checkUtf8(fromHex(hex)));
    }
  });
}

utf8('refuses text with a surrogate that has no partner', () => {
  for (const text of [
    '\ud800',
    'a\udc00',
    '\ud800a',
    '\udc00\ud800',
    '\ud800\ud800\udc00',
    '\udc00\udc00',
    '\ud800é',
  ]) {
    refuses('invalidUtf8', () => encodeUtf8(text));
  }
});

utf8.run();

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: Refusal) => error.reasonName === reason);
}
