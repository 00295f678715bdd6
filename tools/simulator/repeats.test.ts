// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Repeats } from './repeats.ts';

const test = suite('simulator/repeats');

test('a refusal that comes again and again is told of once, and then how often it came besides', () => {
  const told: string[] = [];
  const repeats = new Repeats((entity, what) => told.push(`${entity}: ${what}`));
  for (let times = 0; times < 300; times += 1) repeats.add('gateway', 'queueFull');
  repeats.add('pne-1', 'queueFull');
  repeats.add('pne-1', 'replay');
  repeats.flush();
  repeats.add('pne-1', 'replay');
  repeats.flush();
  assert.equal(told, [
    'gateway: queueFull',
    'gateway: queueFull, 299 times more',
    'pne-1: queueFull',
    'pne-1: replay',
    'pne-1: replay',
  ]);
});

test.run();
