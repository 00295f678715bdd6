// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { open, record } from '../../src/store/fixture.testing.ts';
import { createMemoryMedium } from '../../src/store/medium.testing.ts';
import { MAX_RECORD_CONTENT, PURPOSE_RECORDS, Purpose } from '../../src/store/store.ts';
import { PAGE_ENTRIES } from '../provision/nvs.ts';
import { blobEntries, fullestStore } from './nvs.ts';

const test = suite('entries of NVS');

test('a blob takes two entries and one more for each 32 bytes begun', () => {
  assert.equal([0, 1, 32, 33, 64, 65].map(blobEntries), [2, 3, 3, 4, 4, 5]);
});

test('a store with 16 peers, 8 groups and the rest fits 4 KB, and is what the accounting says', () => {
  const medium = createMemoryMedium();
  const store = open(medium);
  store.boots.write(1);
  PURPOSE_RECORDS.forEach((records, purpose) => {
    for (let index = 0; index < records; index++)
      store.write(purpose as Purpose, index, record(MAX_RECORD_CONTENT, index));
  });
  let entries = 1;
  for (const value of medium.values.values()) entries += blobEntries(value.length);
  const size = fullestStore();
  assert.equal([size.records, size.entries, size.problems], [medium.values.size, entries, []]);
  assert.is(size.recordBytes, Math.max(...[...medium.values.values()].map((value) => value.length)));
  assert.ok(entries <= PAGE_ENTRIES, `${entries}`);
  assert.equal([PURPOSE_RECORDS[Purpose.peer], PURPOSE_RECORDS[Purpose.groupKey]], [16, 8]);
});

test('a byte more in a record is over it, and said', () => {
  assert.match(fullestStore(65).problems[0]!, /takes \d+ entries of NVS, \d+ over 4 KB/);
});

test.run();
