// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { outcome } from '../cose/test-fixture.ts';
import {
  decodeAnswer,
  decodeUpdateMessage,
  encodeAnswer,
  encodeUpdateMessage,
  type UpdateMessage,
  UpdateStep,
} from './message.ts';

const test = suite('update/message');

const BYTES = Uint8Array.of(1, 2, 3);
const MESSAGES: readonly UpdateMessage[] = [
  { step: UpdateStep.begin, bytes: BYTES },
  { step: UpdateStep.write, bytes: new Uint8Array(0) },
  { step: UpdateStep.finish },
];

test('messages and answers come back as they were, and cut anywhere they are refused', () => {
  for (const message of MESSAGES) {
    const encoded = encodeUpdateMessage(message);
    assert.equal(decodeUpdateMessage(encoded), message);
    for (let at = 0; at < encoded.length; at += 1)
      assert.is.not(
        outcome(() => decodeUpdateMessage(encoded.subarray(0, at))),
        'accepted',
      );
  }
  assert.is(decodeAnswer(encodeAnswer(141)), 141);
});

const NONE: readonly (readonly FlatItem[])[] = [
  [],
  [3],
  [0],
  [1],
  [0, 1],
  [0, 'text'],
  [2, BYTES],
  [0, BYTES, 1],
  [BYTES],
];

for (const items of NONE) {
  test(`no message: ${JSON.stringify(items)}`, () => {
    assert.is(
      outcome(() => decodeUpdateMessage(encodeFlat(items))),
      'messageInvalid',
    );
  });
}

test('what is no answer is refused', () => {
  for (const items of [[], ['text'], [1, 2]])
    assert.is(
      outcome(() => decodeAnswer(encodeFlat(items))),
      'messageInvalid',
    );
});

test.run();
