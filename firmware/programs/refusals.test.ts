// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRefusals } from './refusals.ts';

const test = suite('firmware/refusals');

test('a refusal is said by name and number, and another one after it', () => {
  const lines: string[] = [];
  const refused = createRefusals((line) => lines.push(line));
  refused('replay');
  refused('queueFull');
  refused('replay');
  assert.equal(lines, ['refused replay (45)', 'refused queueFull (62)', 'refused replay (45)']);
});

test('of a thousand of one kind eleven lines are left, each when they have doubled', () => {
  const lines: string[] = [];
  const refused = createRefusals((line) => lines.push(line));
  for (let times = 0; times < 1024; times += 1) refused('decryptionFailure');
  assert.is(lines.length, 11);
  assert.is(lines[1], 'refused decryptionFailure (44), 2 times');
  assert.is(lines[10], 'refused decryptionFailure (44), 1024 times');
});

test.run();
