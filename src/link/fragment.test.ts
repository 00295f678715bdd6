// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { encodeFragment } from './fragment.testing.ts';
import { decodeFragment, valueBytes } from './fragment.ts';

const test = suite('link/fragment');
const { linkMaxMessageBytes } = ImplementationLimits;

function refusal(value: readonly number[]): string | undefined {
  try {
    decodeFragment(Uint8Array.from(value));
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.reasonName : String(error);
  }
}

test('a message in one fragment costs two bytes', () => {
  const fragment = { isFirst: true, isLast: true, number: 0x1234, length: 3, bytes: Uint8Array.of(7, 8, 9) };
  const value = encodeFragment(fragment);
  assert.equal([...value], [0xd2, 0x34, 7, 8, 9]);
  assert.equal(decodeFragment(value), fragment);
});

test('the first of several says how long the message is', () => {
  const value = encodeFragment({
    isFirst: true,
    isLast: false,
    number: 0x3fff,
    length: linkMaxMessageBytes,
    bytes: Uint8Array.of(7),
  });
  assert.equal([...value], [0xbf, 0xff, 0x1f, 0xff, 7]);
  assert.is(decodeFragment(value).length, linkMaxMessageBytes);
});

test('what decodes encodes to the same bytes', () => {
  for (const head of [0x00, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xff]) {
    const value = Uint8Array.of(head, 0x55, 0x00, 0x09, 1, 2);
    assert.equal(encodeFragment(decodeFragment(value)), value);
  }
});

for (const [name, value, reason] of [
  ['an empty value', [], 'frameInvalid'],
  ['half a header', [0x80], 'frameInvalid'],
  ['a first fragment of one without bytes', [0xc0, 0], 'frameInvalid'],
  ['a first fragment of several without a length', [0x80, 0, 0], 'frameInvalid'],
  ['a first fragment of several without bytes', [0x80, 0, 0, 9], 'frameInvalid'],
  ['a later fragment without bytes', [0x00, 1], 'frameInvalid'],
  ['a whole message that is not marked as the last', [0x80, 0, 0, 1, 1, 2], 'frameInvalid'],
  ['more than the whole message', [0x80, 0, 0, 0, 1, 2], 'frameInvalid'],
  ['a message over the limit', [0x80, 0, 0x20, 0, 1], 'tooLong'],
  ['the longest length', [0x80, 0, 0xff, 0xff, 1], 'tooLong'],
] as const) {
  test(`${name} is refused`, () => assert.is(refusal(value), reason));
}

test('a value takes what the MTU leaves, and never more than an attribute holds', () => {
  assert.is(valueBytes(23), 20);
  assert.is(valueBytes(247), 244);
  assert.is(valueBytes(515), 512);
  assert.is(valueBytes(517), 512);
});

test.run();
