// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { because } from '../cose/test-fixture.ts';
import { judge, NOTHING_RECEIVED, type Received, withReceived } from './inbox.ts';

const test = suite('inbox');

function after(...numbers: number[]): Received {
  return numbers.reduce<Received>(withReceived, NOTHING_RECEIVED);
}

test('what comes first is new, whatever its number', () => {
  for (const number of [0, 1, 31, 32, 2 ** 32]) assert.is(judge(NOTHING_RECEIVED, number), 'new');
});

test('new, seen and too old to tell are kept apart', () => {
  const received = after(0, 40, 38);
  assert.is(judge(received, 41), 'new');
  assert.is(judge(received, 39), 'new');
  assert.is(judge(received, 9), 'new');
  assert.is(judge(received, 40), 'seen');
  assert.is(judge(received, 38), 'seen');
  assert.is(judge(received, 8), 'tooOld');
  assert.is(judge(received, 0), 'tooOld');
});

test('a number is received once', () => {
  assert.throws(() => withReceived(after(3), 3), because('replay'));
  assert.throws(() => withReceived(after(40), 8), because('replay'));
});

test('receiving leaves the former state as it was', () => {
  const before = after(1);
  withReceived(before, 2);
  assert.is(judge(before, 2), 'new');
});

test.run();
