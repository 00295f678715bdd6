// SPDX-License-Identifier: Apache-2.0

/** What is counted of the lines that a server has written. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openScratch } from '../scratch.ts';
import { Arrivals } from './arrivals.ts';

const test = suite('simulator/scenario/arrivals');
const { folder } = openScratch();

const line = (pne: string, n: number, second: number) =>
  `${JSON.stringify({ time: new Date(second * 1000).toISOString(), pne, id: n + 7, value: { n } })}\n`;

test('lost, doubled and late ones are counted, and half a line is none yet', () => {
  const path = join(folder, 'readings');
  const arrivals = new Arrivals(path);
  assert.is(arrivals.of('a'), 0);
  appendFileSync(path, line('a', 0, 1) + line('b', 0, 1) + line('a', 2, 2).slice(0, 10));
  assert.equal([arrivals.of('a'), arrivals.missing('a', 3), arrivals.doubled], [1, 2, 0]);
  appendFileSync(path, line('a', 2, 2).slice(10) + line('a', 2, 3));
  assert.equal([arrivals.of('a'), arrivals.missing('a', 3), arrivals.doubled], [2, 1, 1]);
  assert.equal([arrivals.after('a', 1000), arrivals.after('a', 2000), arrivals.after('b', 1000)], [2, 1, 0]);
});

test.run();
