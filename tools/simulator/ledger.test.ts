// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Ledger } from './ledger.ts';

const test = suite('simulator/ledger');

function reading(line: number) {
  return { line, payload: Uint8Array.of(line) };
}

test('what a PNE was given is open until it has arrived, also while it starts anew', () => {
  const ledger = new Ledger();
  const [first, second] = [reading(1), reading(2)];
  ledger.add('pne-1');
  ledger.given('pne-1', first);
  ledger.given('pne-1', second);
  ledger.received('pne-1', 7, first.payload);
  assert.equal([ledger.open, ledger.hasArrived(first), ledger.hasArrived(second)], [[second], true, false]);
  assert.equal(ledger.restarted('pne-1'), [second]);
  assert.equal([ledger.open, ledger.underWay], [[second], 0]);
  ledger.given('pne-1', second);
  assert.equal(ledger.open, [second]);
  ledger.received('pne-1', 100, second.payload);
  assert.equal([ledger.open, ledger.hasArrived(second)], [[], true]);
});

test('what a PNE had sent before it started anew may still arrive', () => {
  const ledger = new Ledger();
  const [first, second] = [reading(1), reading(2)];
  ledger.add('pne-1');
  for (const each of [first, second]) ledger.given('pne-1', each);
  ledger.received('pne-1', 0, first.payload);
  ledger.restarted('pne-1');
  ledger.received('pne-1', 1, second.payload);
  assert.equal(ledger.open, []);
});

test.run();
