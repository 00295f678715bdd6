// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findPostgres, startPostgres } from '../../../tools/postgres/server.ts';
import { testConformance } from './conformance.testing.ts';
import { runHistory } from './history.testing.ts';
import { openPostgresStore } from './postgres.ts';

const server = startPostgres(findPostgres()!);

testConformance('PostgreSQL', () => openPostgresStore(server.createDatabase()));

const test = suite('PostgreSQL store');
const KEY = Uint8Array.of(1);
const puts = [{ key: KEY, value: Uint8Array.of(2) }];

/** Clients in one process each have connections of their own, as processes would. */
function openAll(url: string, count: number) {
  return Promise.all(Array.from({ length: count }, () => openPostgresStore(url)));
}

test('several make the table of one database at once', async () => {
  const stores = await openAll(server.createDatabase(), 6);
  await stores[0]!.commit({ puts });
  assert.equal((await stores[5]!.get(KEY))?.value, puts[0]!.value);
  await Promise.all(stores.map((store) => store.close()));
});

test('commits of eight clients at once have an order', async () => {
  const stores = await openAll(server.createDatabase(), 8);
  const { problem, commits, conflicts } = await runHistory({ stores, operations: 60, seed: 7 });
  assert.is(problem, undefined);
  assert.ok(commits > 30 && conflicts > 30, `${commits} commits, ${conflicts} conflicts`);
  await Promise.all(stores.map((store) => store.close()));
});

test('they have one where connections are killed in between, and nothing is lost', async () => {
  const url = server.createDatabase();
  const stores = await openAll(url, 6);
  const disturb = (begun: number) => {
    if (begun % 40 === 39) server.disconnect(url);
  };
  const { problem, commits } = await runHistory({ stores, operations: 60, seed: 8, disturb });
  assert.is(problem, undefined);
  assert.ok(commits > 30, `${commits} commits`);
  await Promise.all(stores.map((store) => store.close()));
});

test('they have one where the database crashes, and nothing is lost that was confirmed', async () => {
  const url = server.createDatabase();
  const stores = await openAll(url, 6);
  const disturb = (begun: number) => {
    if (begun === 100 || begun === 200) server.crash();
  };
  const { problem, commits } = await runHistory({ stores, operations: 60, seed: 9, disturb });
  assert.is(problem, undefined);
  assert.ok(commits > 30, `${commits} commits`);
  await Promise.all(stores.map((store) => store.close()));
});

test('what was deleted beside what was put is gone, and leaves nothing after the next start', async () => {
  const url = server.createDatabase();
  const store = await openPostgresStore(url);
  await store.commit({ puts });
  await store.commit({ puts: [{ key: Uint8Array.of(2), value: KEY }], deletes: [KEY] });
  assert.is(await store.get(KEY), undefined);
  assert.is.not(await store.commit({ expected: [{ key: KEY, version: undefined }], puts }), undefined);
  await store.commit({ puts: [{ key: Uint8Array.of(2), value: KEY }], deletes: [KEY] });
  await store.close();
  await (await openPostgresStore(url)).close();
  assert.is(server.ask(url, 'SELECT count(*) FROM pne_entries').trim(), '1');
});

test('a database that answers before a commit is on the disk is refused', async () => {
  const url = server.createDatabase();
  server.ask(
    url,
    `ALTER DATABASE ${new URL(url.replace('@/', '@x/')).pathname.slice(1)} SET synchronous_commit = off`,
  );
  const outcome = await openPostgresStore(url).then(
    () => 'opened',
    ({ message }: Error) => message,
  );
  assert.match(outcome, /set synchronous_commit to on/);
});

test.run();
