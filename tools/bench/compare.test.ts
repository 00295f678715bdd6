// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, formatComparison } from './compare.ts';
import type { Results } from './results.ts';
import type { BenchRow } from './rows.ts';

const test = suite('bench, comparison');

function row(op: string, value: number, change: Partial<BenchRow> = {}): BenchRow {
  return {
    board: 'b',
    engine: 'XS',
    provider: 'native',
    op,
    bytes: 64,
    unit: 'instructions',
    value,
    ...change,
  };
}

function results(rows: readonly BenchRow[], flags = '-Os'): Results {
  return { board: 'b', flags, rows };
}

test('the largest effect comes first, whichever way it goes', () => {
  const old = results([row('a', 100), row('b', 100), row('c', 100)]);
  const { differences } = compare(old, results([row('a', 110), row('b', 60), row('c', 100)]));
  assert.equal(
    differences.map(({ row: { op }, old: before, percent }) => [op, before, percent]),
    [
      ['b', 100, -40],
      ['a', 100, 10],
      ['c', 100, 0],
    ],
  );
});

test('only the same operation in the same place and unit is compared', () => {
  const old = results([row('a', 100)]);
  for (const change of [
    { bytes: 65 },
    { provider: 'c' },
    { engine: 'C' },
    { board: 'x' },
    { unit: 'us' as const },
  ]) {
    const { differences, onlyOld, onlyNew } = compare(old, results([row('a', 50, change)]));
    assert.equal([differences.length, onlyOld, onlyNew], [0, 1, 1]);
  }
});

test('says which conditions are not the same', () => {
  assert.equal(compare(results([row('a', 1)]), results([row('a', 1)], '-O2')).conditions, ['flags']);
});

test('the text holds a line for each figure that changed, and how many did not', () => {
  const text = formatComparison(
    compare(results([row('a', 1000), row('b', 5)]), results([row('a', 1100), row('b', 5)], '-O2')),
  );
  assert.match(text, /\na +64 +native +XS +1,000 +1,100 +\+10\.00 %\n/);
  assert.match(text, /1 of 2 figures changed; not the same in both: flags$/);
});

test.run();
