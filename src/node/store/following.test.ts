// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualTime } from '../../link/time.testing.ts';
import { until } from '../listener.testing.ts';
import { follow } from './following.ts';
import { createMemoryStore } from './memory.ts';
import { entriesUnder } from './store.ts';

const test = suite('node/store/following');
const EDITION = Uint8Array.of(1);
const puts = [{ key: EDITION, value: EDITION }];

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('a list that could not be read after a change is read later, and told of as failed', async () => {
  const store = createMemoryStore();
  const time = new VirtualTime();
  const failures: string[] = [];
  let reads = 0;
  const read = async () => {
    reads += 1;
    if (reads === 2) throw new Error('no database');
  };
  const onFailed = ({ message }: Error) => void failures.push(message);
  const following = await follow({ store, edition: EDITION, read, onFailed, after: time.after });
  await store.commit({ puts });
  await until(() => failures.length > 0, 'the failure');
  assert.equal([reads, failures], [2, ['no database']]);
  time.pass(10_000);
  await until(() => reads === 3, 'another read');
  following.close();
  assert.is(failures.length, 1);
});

test('it is never read twice at once: what is older does not come last', async () => {
  const store = createMemoryStore();
  let under = 0;
  let most = 0;
  let reads = 0;
  const read = async () => {
    under += 1;
    reads += 1;
    most = Math.max(most, under);
    await settled();
    under -= 1;
  };
  const onFailed = (error: Error) => assert.unreachable(error.message);
  const following = await follow({ store, edition: EDITION, read, onFailed });
  await Promise.all([store.commit({ puts }), following.refresh(), store.commit({ puts })]);
  await until(() => reads >= 4 && under === 0, 'all reads');
  assert.is(most, 1);
  following.close();
});

test('one that cannot be read at first is not followed', async () => {
  const store = createMemoryStore();
  let reads = 0;
  const read = async () => {
    reads += 1;
    throw new Error('no database');
  };
  const options = { store, edition: EDITION, read, onFailed: () => assert.unreachable() };
  const outcome = await follow(options).then(
    () => 'followed',
    ({ message }: Error) => message,
  );
  assert.is(outcome, 'no database');
  await store.commit({ puts });
  await settled();
  assert.is(reads, 1);
});

test('what is closed reads nothing any more, and tells of no failure that was under way', async () => {
  const store = createMemoryStore();
  const time = new VirtualTime();
  let reads = 0;
  let fail = (_error: Error): void => {};
  const read = () => {
    reads += 1;
    return reads === 1 ? Promise.resolve() : new Promise<void>((_, reject) => (fail = reject));
  };
  const onFailed = () => assert.unreachable();
  const following = await follow({ store, edition: EDITION, read, onFailed, after: time.after });
  await store.commit({ puts });
  await until(() => reads === 2, 'a read');
  following.close();
  fail(new Error('closed'));
  await settled();
  time.pass(60_000);
  await store.commit({ puts });
  await settled();
  assert.is(reads, 2);
});

test('all entries of a prefix come, however many pages they take, and none twice', async () => {
  const store = createMemoryStore();
  const key = (number: number) => Uint8Array.of(7, number >> 8, number & 0xff);
  const keys = Array.from({ length: 2000 }, (_, number) => key(number));
  await store.commit({ puts: [...keys, Uint8Array.of(8)].map((each) => ({ key: each, value: EDITION })) });
  const found: Uint8Array[] = [];
  for await (const entry of entriesUnder(store, Uint8Array.of(7))) found.push(entry.key);
  assert.equal(found, keys);
});

test.run();
