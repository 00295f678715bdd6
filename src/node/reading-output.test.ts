// SPDX-License-Identifier: Apache-2.0

import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCborXPayloads } from '../payload/codec.ts';
import { NEW_PEER } from '../roles/peer-record.ts';
import { openReadingOutput } from './reading-output.ts';
import { scratchFolder } from './scratch.testing.ts';
import { type KeptReading, openServerStore, type PersistentServerStore } from './server-store.ts';
import { createMemoryStore } from './store/memory.ts';

const test = suite('reading output');
const payloads = createCborXPayloads();

/** A store that keeps so many readings. */
async function storeOf(count: number, pneId = 'a'): Promise<PersistentServerStore> {
  const store = await openServerStore({
    store: createMemoryStore(),
    maxReadings: 1_000_000,
    now: () => 0,
    onFailed: (_pneId, error) => assert.unreachable(error.message),
    onReadings(): void {},
  });
  const readings = Array.from({ length: count }, (_, id) => ({
    id,
    payload: payloads.encode({ n: id }),
    value: 0,
  }));
  await new Promise((resolve) => store.load(pneId, resolve, () => undefined));
  await new Promise((resolve) => store.commit(pneId, NEW_PEER, readings, resolve));
  return store;
}

async function write(store: PersistentServerStore, path: string): Promise<string[]> {
  const failed: string[] = [];
  const output = await openReadingOutput(store, path, (error) => failed.push(error.message));
  await output.close();
  return failed;
}

const idsIn = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).id);
const upTo = (count: number) => Array.from({ length: count }, (_, id) => id);

test('each reading is one line, for the owner alone, and is kept no longer', async () => {
  const path = join(scratchFolder(), 'out');
  const store = await storeOf(600);
  assert.equal(await write(store, path), []);
  assert.equal(idsIn(path), upTo(600));
  assert.is(store.count, 0);
  assert.is(
    readFileSync(path, 'utf8').split('\n')[1],
    '{"time":"1970-01-01T00:00:00.000Z","pne":"a","id":1,"value":{"n":1}}',
  );
  assert.is(statSync(path).mode & 0o777, 0o600);
});

test('what was written before the process ended, and not yet forgotten, is not written again', async () => {
  const path = join(scratchFolder(), 'out');
  const store = await storeOf(300);
  const forgetful = {
    first: (limit: number) => store.first(limit),
    forget: () => Promise.reject(new Error('killed')),
  };
  const failed: string[] = [];
  const output = await openReadingOutput(forgetful, path, (error) => failed.push(error.message));
  await output.close();
  assert.ok(failed.includes('killed'));
  assert.ok(idsIn(path).length > 0 && store.count === 300);
  await write(store, path);
  assert.equal(idsIn(path), upTo(300));
  assert.is(store.count, 0);
});

test('nor where so many have come since that it lies behind them', async () => {
  const path = join(scratchFolder(), 'out');
  const last = await storeOf(1, 'z');
  const [reading] = await last.first(1);
  await write(last, path);
  const many = await storeOf(600);
  const kept = async (limit: number) => [
    ...(await many.first(limit)),
    ...(many.count < limit ? [reading!] : []),
  ];
  let isKept = true;
  const forget = async (readings: readonly KeptReading[]) => {
    if (readings.includes(reading!)) isKept = false;
    await many.forget(readings.filter((each) => each !== reading));
  };
  const first = async (limit: number) => (isKept ? kept(limit) : many.first(limit));
  const output = await openReadingOutput({ first, forget }, path, (error) =>
    assert.unreachable(error.message),
  );
  await output.close();
  assert.equal([idsIn(path).length, isKept], [601, false]);
});

test('what a store shows again once it has forgotten it is not written again', async () => {
  const path = join(scratchFolder(), 'out');
  const store = await storeOf(600);
  let [forgotten, isBehind]: [readonly KeptReading[], boolean] = [[], false];
  const output = await openReadingOutput(
    {
      async first(limit) {
        const now = isBehind ? forgotten : [];
        isBehind = false;
        return now.length > 0 ? now : store.first(limit);
      },
      async forget(readings) {
        await store.forget(readings);
        [forgotten, isBehind] = [readings, readings !== forgotten];
      },
    },
    path,
    (error) => assert.unreachable(error.message),
  );
  await output.close();
  assert.equal(idsIn(path), upTo(600));
  assert.is(store.count, 0);
});

for (const cut of [1, 20, 66]) {
  test(`a last line that lacks ${cut} bytes is written again as a whole`, async () => {
    const folder = scratchFolder();
    const [path, whole] = [join(folder, 'out'), join(folder, 'whole')];
    await write(await storeOf(20), whole);
    writeFileSync(path, readFileSync(whole));
    truncateSync(path, statSync(path).size - cut);
    await write(await storeOf(20), path);
    assert.is(readFileSync(path, 'utf8'), readFileSync(whole, 'utf8'));
  });
}

test('lines of others stay', async () => {
  const path = join(scratchFolder(), 'out');
  writeFileSync(path, 'a line\n');
  await write(await storeOf(1), path);
  assert.match(readFileSync(path, 'utf8'), /^a line\n\{.*\}\n$/);
});

test('where the file takes nothing the readings are kept', async () => {
  const store = await storeOf(3);
  assert.match((await write(store, '/dev/full'))[0]!, /ENOSPC/);
  assert.is(store.count, 3);
});

test.run();
