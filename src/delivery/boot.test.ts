// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { because } from '../cose/test-fixture.ts';
import { ImplementationLimits } from '../limits.ts';
import { beginBoot } from './boot.ts';

const test = suite('boot');
const { maxBootEpoch } = ImplementationLimits;

function begin(stored: number | undefined, past?: number) {
  const written: number[] = [];
  const store = { epoch: stored, write: (epoch: number) => void written.push(epoch) };
  const boot = beginBoot(store, (target) => target.fill(9), past);
  return { written, boot };
}

test('an epoch is above the one stored, and stored before it is used', () => {
  const { written, boot } = begin(4);
  assert.equal(written, [5]);
  assert.equal(boot, { epoch: 5, tag: Uint8Array.of(9, 9, 9, 9) });
});

test('it is above the one that the server knows', () => {
  assert.equal(begin(4, 9).written, [10]);
  assert.equal(begin(12, 9).written, [13]);
});

test('without a counter, or with one that nobody can have counted, it is the first', () => {
  for (const stored of [undefined, maxBootEpoch + 1, Number.MAX_SAFE_INTEGER]) {
    assert.equal(begin(stored).written, [1]);
  }
});

test('after the last there is none', () => {
  assert.equal(begin(maxBootEpoch - 1).written, [maxBootEpoch]);
  assert.throws(() => begin(maxBootEpoch), because('sequenceExhausted'));
  assert.throws(() => begin(1, maxBootEpoch), because('sequenceExhausted'));
});

test('a store that fails gives no epoch', () => {
  const store = {
    epoch: 1,
    write(): void {
      throw new Error('I/O error');
    },
  };
  assert.throws(() => beginBoot(store, () => {}), because('storeFailed'));
});

test.run();
