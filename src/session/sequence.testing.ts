// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { because } from '../cose/test-fixture.ts';
import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import type { SequenceNumbers, SequenceOptions } from './sequence.ts';

const BLOCK = ImplementationLimits.sequenceBlockSize;
const END = SpecificationLimits.maxSequenceNumber + 1;

/** What gives numbers: `createSequenceNumbers`, or what stands in for it. */
export type CreateNumbers = (options: SequenceOptions, maxSealed: number) => Pick<SequenceNumbers, 'take'>;

/** `name` says whose numbers they are. */
export function runSequenceTests(name: string, createSequenceNumbers: CreateNumbers): void {
  const test = suite(`sequence numbers of ${name}`);

  /** Numbers whose bound is kept in `stored`, as a store would. */
  function numbersFrom(firstSequenceNumber: number, stored: number[], maxSealed = END) {
    return createSequenceNumbers({ firstSequenceNumber, reserve: (upTo) => stored.push(upTo) }, maxSealed);
  }

  test('numbers count up from the first', () => {
    const numbers = numbersFrom(7, []);
    assert.equal([numbers.take(), numbers.take(), numbers.take()], [7, 8, 9]);
  });

  test('a block is reserved before its first number is used, and not again within it', () => {
    const stored: number[] = [];
    const numbers = numbersFrom(0, stored);
    assert.equal(stored, []);
    for (let i = 0; i < BLOCK; i++) numbers.take();
    assert.equal(stored, [BLOCK]);
    numbers.take();
    assert.equal(stored, [BLOCK, 2 * BLOCK]);
  });

  test('a restart at any moment never repeats a number', () => {
    const used = new Set<number>();
    let bound = 0;
    for (let life = 0; life < 2 * BLOCK; life++) {
      const numbers = createSequenceNumbers(
        {
          firstSequenceNumber: bound,
          reserve: (upTo) => {
            bound = upTo;
          },
        },
        END,
      );
      for (let i = 0; i < life; i++) {
        const number = numbers.take();
        assert.not(used.has(number));
        used.add(number);
      }
    }
  });

  test('when the bound cannot be stored no number is used', () => {
    let full = true;
    const stored: number[] = [];
    const numbers = createSequenceNumbers(
      {
        firstSequenceNumber: 3,
        reserve(upTo) {
          if (full) throw new Error('store is full');
          stored.push(upTo);
        },
      },
      END,
    );
    assert.throws(() => numbers.take(), /store is full/);
    full = false;
    assert.is(numbers.take(), 3);
    assert.equal(stored, [3 + BLOCK]);
  });

  test('the last number is used, and none after it', () => {
    const stored: number[] = [];
    const numbers = numbersFrom(END - 2, stored);
    assert.equal([numbers.take(), numbers.take()], [END - 2, END - 1]);
    assert.throws(() => numbers.take(), because('sequenceExhausted'));
    assert.throws(() => numbers.take(), because('sequenceExhausted'));
    assert.equal(stored, [END]);
  });

  test('numbers end where the key does', () => {
    const numbers = numbersFrom(9, [], 10);
    assert.is(numbers.take(), 9);
    assert.throws(() => numbers.take(), because('keyLimitReached'));
  });

  test('a first number that is none is refused', () => {
    for (const first of [-1, 0.5, Number.NaN, END + 1]) {
      assert.throws(() => numbersFrom(first, []), because('badArgument'));
    }
  });

  test.run();
}
