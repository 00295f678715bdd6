// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuse } from '../../refusal.ts';
import type { Agreement } from '../../roles/interface.ts';
import { Pace } from './pace.ts';

const test = suite('pace');
const agreement = { peer: { subject: 'a' } } as Agreement;

test('a device is told once for each new session, when it has registered in it', () => {
  const told: unknown[] = [];
  const deliver = (pneId: string, value: unknown) => void told.push([pneId, value]);
  const pace = new Pace({ intervalMs: 5, deliver, onRefused: () => assert.unreachable() });
  pace.registered('a');
  pace.agreed(agreement);
  assert.equal(told, []);
  pace.registered('b');
  for (let links = 0; links < 3; links += 1) pace.registered('a');
  assert.equal(told, [['a', { interval: 5 }]]);
  pace.agreed(agreement);
  pace.registered('a');
  assert.is(told.length, 2);
});

test('a queue that is full is told of, and harms nothing', () => {
  const refused: string[] = [];
  const pace = new Pace({
    intervalMs: 5,
    deliver: () => refuse('queueFull'),
    onRefused: (pneId, { reasonName }) => refused.push(`${pneId} ${reasonName}`),
  });
  pace.agreed(agreement);
  pace.registered('a');
  assert.equal(refused, ['a queueFull']);
});

test.run();
