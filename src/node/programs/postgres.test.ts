// SPDX-License-Identifier: Apache-2.0

/** The server program with its store in PostgreSQL, in processes of its own. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findPostgres, startPostgres } from '../../../tools/postgres/server.ts';
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
