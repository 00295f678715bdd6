// SPDX-License-Identifier: Apache-2.0

/** The programs as a user starts them, in processes of their own. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../bytes/hex.ts';
import { decodeProvisioning } from '../../roles/provisioning.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { once, Running } from './running.testing.ts';

const test = suite('programs');
const server = (state: string, ...args: string[]) =>
  new Running(['server', '--state', state, '--listen', '127.0.0.1:0', ...args]);

test('help is on standard output; misuse is told in a line, with status 2', () => {
  const help = once('server', '--help');
  assert.equal([help.status, help.stderr], [0, '']);
  assert.match(help.stdout, /^usage: pne-runtime server/);
  for (const args of [[], ['serve'], ['server', 'x'], ['server', '--listen', 'x'], ['admin', 'list']]) {
    const { status, stdout, stderr } = once(...args);
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, /^pne-runtime: [^\n]+\npne-runtime --help lists the options\n$/);
  }
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`a server ends cleanly on ${signal}, and is the same when it starts again`, async () => {
    const state = join(scratchFolder(), 'state');
    const first = server(state);
    await first.port();
    assert.is(await first.stop(signal), 0);
    assert.match(first.said, /stopping signal=.*\n.* stopped\n$/);
    const identity = readFileSync(join(state, 'identity'));
    const second = server(state, '--name', 'other');
    await second.port();
    assert.is(await second.stop(signal), 0);
    assert.equal(readFileSync(join(state, 'identity')), identity);
    assert.is(statSync(state).mode & 0o777, 0o700);
  });
}

test('a port that is taken is told of, with what to do', async () => {
  const first = server(join(scratchFolder(), 'state'));
  const port = await first.port();
  const second = once('server', '--state', join(scratchFolder(), 'state'), '--listen', `127.0.0.1:${port}`);
  assert.is(second.status, 1);
  assert.match(second.stderr, /EADDRINUSE.*choose another --listen/);
  await first.stop('SIGTERM');
});

test('an identity that is missing beside its store is not made anew', async () => {
  const state = join(scratchFolder(), 'state');
  const first = server(state);
  await first.port();
  await first.stop('SIGTERM');
  rmSync(join(state, 'identity'));
  const { status, stderr } = once('server', '--state', state);
  assert.is(status, 1);
  assert.match(stderr, /identity is missing.*restore it/);
  assert.not.ok(existsSync(join(state, 'identity')));
});

test('a device is made, added and removed while a gateway runs, which learns of it; no secret is said', async () => {
  const folder = scratchFolder();
  const running = server(join(folder, 's'), '--log', 'json');
  await running.says(/"event":"listening","address":"127\.0\.0\.1:\d+","devices":0/);
  const port = /127\.0\.0\.1:(\d+)/.exec(running.said)![1];
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ server: `ws://127.0.0.1:${port}`, listen: '127.0.0.1:0' }));
  const gateway = new Running(['gateway', '--state', join(folder, 'g'), '--config', config]);
  await gateway.says(/server-there/);
  const file = join(folder, 'device');
  const made = once(
    'admin',
    'provision',
    'pne-1',
    ...['--gateway-credential', join(folder, 'g/credential')],
    ...['--server-credential', join(folder, 's/credential'), '--output', file],
  );
  assert.equal([made.status, made.stderr, statSync(file).mode & 0o777], [0, '', 0o600]);
  const { pneId, gatewayPort, privateKey } = decodeProvisioning(Uint8Array.from(readFileSync(file)));
  assert.equal([pneId, gatewayPort], ['pne-1', 8751]);
  const state = ['--state', join(folder, 'g')];
  assert.is(once('admin', 'add', file, ...state).stdout, 'pne-1 added\n');
  await gateway.says(/devices count=1/);
  assert.is(once('admin', 'list', ...state).stdout, 'pne-1\n');
  assert.match(once('admin', 'add', file, ...state).stderr, /two of pne-1/);
  assert.is(once('admin', 'remove', 'pne-1', ...state).stdout, 'pne-1 removed\n');
  await gateway.says(/devices count=0 removed=1/);
  assert.is(once('admin', 'remove', 'pne-1', ...state).status, 2);
  assert.is(await running.stop('SIGTERM'), 0);
  await gateway.says(/server-away/);
  assert.is(await gateway.stop('SIGTERM'), 0);
  const secrets = [privateKey, readFileSync(join(folder, 'g/identity')).subarray(3, 37)];
  for (const secret of secrets)
    assert.not.ok(`${gateway.said}${running.said}${made.stdout}`.includes(toHex(secret)));
});

test.run();
