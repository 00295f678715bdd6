// SPDX-License-Identifier: Apache-2.0

/** The server program with its store in PostgreSQL, in processes of its own. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findPostgres, startPostgres } from '../../../tools/postgres/server.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { once, Running } from './running.testing.ts';

const test = suite('programs on PostgreSQL');
const database = startPostgres(findPostgres()!);
const listening = ['--listen', '127.0.0.1:0'];

test('administration reaches a server that runs through its database, and nothing lies in the folder', async () => {
  const store = ['--store', database.createDatabase()];
  const state = join(scratchFolder(), 'state');
  const server = new Running(['server', '--state', state, ...store, ...listening]);
  await server.port();
  assert.is(once('admin', 'add', join(state, 'credential'), ...store).stdout, 'server added\n');
  await server.says(/devices count=1/);
  assert.is(once('admin', 'list', ...store).stdout, 'server\n');
  assert.is(once('admin', 'remove', 'server', ...store).stdout, 'server removed\n');
  await server.says(/devices count=0 removed=1/);
  assert.is(await server.stop('SIGTERM'), 0);
  assert.not.ok(existsSync(join(state, 'store')));
});

/** A server whose second start loses its connection, and waits for a table that somebody else has. */
async function lostServer() {
  const url = database.createDatabase();
  const options = ['server', '--state', join(scratchFolder(), 'state'), '--store', url, ...listening];
  const first = new Running(options);
  await first.port();
  assert.is(await first.stop('SIGTERM'), 0);
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE pne_entries');
  const server = new Running(options);
  const waits = () => database.ask(url, 'SELECT pid FROM pg_locks WHERE NOT granted').trim();
  await until(() => waits() !== '', 'the start waits for the table');
  database.ask(url, 'SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted');
  await server.says(/database-lost reason=[^\n]+\n/);
  return { server, holder };
}

test('a server whose connections end while it starts says so in a line, and starts', async () => {
  const { server, holder } = await lostServer();
  await holder.end();
  await server.port();
  assert.is(server.count('database-lost'), 1);
  assert.is(await server.stop('SIGTERM'), 0);
});

test('a server that waits for its database while it starts ends when it is asked to', async () => {
  const { server, holder } = await lostServer();
  assert.is(await server.stop('SIGTERM'), 0);
  await holder.end();
});

test('an identity that is missing where the database holds something is not made anew', async () => {
  const store = ['--store', database.createDatabase()];
  const state = join(scratchFolder(), 'state');
  const server = new Running(['server', '--state', state, ...store, ...listening]);
  await server.port();
  once('admin', 'add', join(state, 'credential'), ...store);
  await server.stop('SIGTERM');
  rmSync(join(state, 'identity'));
  const { status, stderr } = once('server', '--state', state, ...store);
  assert.is(status, 1);
  assert.match(stderr, /identity is missing.*restore it/);
});

test('a database that is not there is told of in a line, without its password', () => {
  const url = 'postgres://somebody:secret@127.0.0.1:1/none';
  const { status, stderr } = once('server', '--state', join(scratchFolder(), 'state'), '--store', url);
  assert.is(status, 1);
  assert.match(
    stderr,
    /^pne-runtime: PostgreSQL cannot be used \(.*ECONNREFUSED.*\): check the URL of --store[^\n]*\n$/,
  );
  assert.not.match(stderr, /secret/);
  const poor = once('server', '--store', 'mysql://somebody:secret@host/none');
  assert.is(poor.status, 2);
  assert.match(poor.stderr, /^pne-runtime: --store takes a postgres: URL\n/);
});

test.run();
