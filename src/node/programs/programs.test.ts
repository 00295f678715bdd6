// SPDX-License-Identifier: Apache-2.0

/** The programs as a user starts them, in processes of their own. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../bytes/hex.ts';
import { decodeProvisioning } from '../../roles/provisioning.ts';
import { TEST_TLS } from '../certificate.testing.ts';
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
  const options = { server: `ws://127.0.0.1:${port}`, listen: '127.0.0.1:0' };
  writeFileSync(config, JSON.stringify({ ...options, 'server-credential': join(folder, 's/credential') }));
  const gateway = new Running(['gateway', '--state', join(folder, 'g'), '--config', config]);
  await gateway.says(/listening/);
  const added = once('admin', 'add-gateway', join(folder, 'g/credential'), '--state', join(folder, 's'));
  assert.equal([added.stdout, added.stderr], ['gateway added\n', '']);
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
  assert.is(once('admin', 'revoke', 'pne-1', ...state).stdout, 'pne-1 revoked\n');
  await gateway.says(/revoked pne=pne-1/);
  assert.match(once('admin', 'add', file, ...state).stderr, /two of pne-1/);
  assert.is(once('admin', 'list', ...state).stdout, 'pne-1 (no grant)\n');
  assert.is(once('admin', 'grant', 'pne-1', '--days', '1', ...state).stdout, 'pne-1 granted\n');
  assert.is(once('admin', 'list', ...state).stdout, 'pne-1\n');
  assert.match(
    once('admin', 'add', config, ...state).stderr,
    /config\.json holds no credential .*: give what/,
  );
  const long = once('admin', 'provision', 'x'.repeat(129), '--output', join(folder, 'long'));
  assert.match(long.stderr, /the name of a device has 1 to 128 bytes, and this one has 129/);
  assert.match(once('admin', 'revoke', 'pne-2', ...state).stderr, /no device is called pne-2/);
  assert.is(once('admin', 'grant', ...state).status, 2);
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

/** A server and a gateway that knows it, and what administers the server. */
async function deployed(scheme: 'ws' | 'wss' = 'ws', ...serverArgs: string[]) {
  const folder = scratchFolder();
  const cpnsServer = server(join(folder, 's'), ...serverArgs);
  const args = ['--server', `${scheme}://127.0.0.1:${await cpnsServer.port()}`, '--listen', '127.0.0.1:0'];
  const credential = ['--server-credential', join(folder, 's/credential')];
  const gateway = new Running(['gateway', '--state', join(folder, 'g'), ...args, ...credential]);
  await gateway.says(/listening/);
  const admin = (...each: string[]) => once('admin', ...each, '--state', join(folder, 's'));
  return { folder, cpnsServer, gateway, args, admin };
}

test('a gateway that its server does not know says what to type; it gets in once that is typed, and out again', async () => {
  const { folder, cpnsServer, gateway, admin } = await deployed();
  const [, file] = await gateway.says(
    /server-refused reason=peerRefused try="pne-runtime admin add-gateway (\S+) /,
  );
  await cpnsServer.says(/gateway-refused reason=credentialUnknown try="pne-runtime admin add-gateway"/);
  assert.is(file, join(folder, 'g/credential'));
  assert.is(admin('add-gateway', file!).stdout, 'gateway added\n');
  await gateway.says(
    /agreed server=server interface=CPNS-2 protection=AES-CCM-16-128-128 .*\n.*server-there/,
  );
  await cpnsServer.says(/agreed gateway=gateway interface=CPNS-2/);
  assert.is(admin('list-gateways').stdout, 'gateway\n');
  assert.is(admin('list').stdout, '');
  assert.is(admin('remove-gateway', 'gateway').stdout, 'gateway removed\n');
  await gateway.says(/server-away/);
  await cpnsServer.stop('SIGTERM');
  await gateway.says(/server-unreachable reason="connect ECONNREFUSED/);
  await gateway.stop('SIGTERM');
});

test('where the server listens by TLS, CPNS-2 is left to it', async () => {
  const folder = scratchFolder();
  const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
  writeFileSync(cert, TEST_TLS.cert);
  writeFileSync(key, TEST_TLS.key, { mode: 0o600 });
  const tls = ['--tls-cert', cert, '--tls-key', key];
  const { folder: states, cpnsServer, gateway, admin } = await deployed('wss', ...tls);
  admin('add-gateway', join(states, 'g/credential'));
  await gateway.says(/agreed server=server interface=CPNS-2 protection=delegated:tls/);
  await cpnsServer.says(/agreed gateway=gateway interface=CPNS-2 protection=delegated:tls/);
  await Promise.all([gateway.stop('SIGTERM'), cpnsServer.stop('SIGTERM')]);
  assert.match(once('server', '--state', join(states, 's'), '--tls-cert', cert).stderr, /go together/);
});

test('a gateway without the credential of its server, or with that of another, says what to do', async () => {
  const { folder, cpnsServer, gateway, args, admin } = await deployed();
  await gateway.stop('SIGTERM');
  admin('add-gateway', join(folder, 'g/credential'));
  const state = ['--state', join(folder, 'g')];
  for (const wrong of [[], ['--server-credential', join(folder, 'nothing')]]) {
    const { status, stderr } = once('gateway', ...state, ...args, ...wrong);
    assert.is(status, 2);
    assert.match(stderr, /^pne-runtime: .*credential[^\n]+folder[^\n]*\n/);
  }
  const own = ['--server-credential', join(folder, 'g/credential')];
  const other = new Running(['gateway', ...state, ...args, ...own]);
  await other.says(/server-refused reason=credentialUnknown try="another --server-credential/);
  await Promise.all([other.stop('SIGTERM'), cpnsServer.stop('SIGTERM')]);
});

test('a device that is removed at the server is removed at its gateways as well, also at one that was away', async () => {
  const { folder, cpnsServer, gateway, args, admin } = await deployed();
  admin('add-gateway', join(folder, 'g/credential'));
  await gateway.says(/server-there/);
  const own = ['--state', join(folder, 'g')];
  const credentials = ['--server-credential', join(folder, 's/credential')];
  for (const name of ['pne-1', 'pne-2']) {
    const file = join(folder, name);
    const gatewayCredential = ['--gateway-credential', join(folder, 'g/credential')];
    once('admin', 'provision', name, ...credentials, ...gatewayCredential, '--output', file);
    admin('add', file);
    once('admin', 'add', file, ...own);
  }
  await gateway.says(/devices count=2/);
  admin('remove', 'pne-1');
  await gateway.says(/withdrawn pne=pne-1/);
  await gateway.stop('SIGTERM');
  assert.is(once('admin', 'list', ...own).stdout, 'pne-2\n');
  admin('remove', 'pne-2');
  const again = new Running(['gateway', ...own, ...args, ...credentials]);
  await again.says(/withdrawn pne=pne-2/);
  assert.is(once('admin', 'list', ...own).stdout, '');
  await Promise.all([again.stop('SIGTERM'), cpnsServer.stop('SIGTERM')]);
});

test('groups are made, changed and ended while a server runs, which learns of it; a device that goes leaves them', async () => {
  const { folder, cpnsServer, gateway, admin } = await deployed();
  const credentials = ['--server-credential', join(folder, 's/credential')];
  for (const name of ['pne-1', 'pne-2']) {
    const file = join(folder, name);
    const gatewayCredential = ['--gateway-credential', join(folder, 'g/credential')];
    once('admin', 'provision', name, ...credentials, ...gatewayCredential, '--output', file);
    admin('add', file);
  }
  assert.is(admin('group', 'create', 'lights', 'pne-1', 'pne-2').stdout, '2 created\n');
  assert.is(admin('group', 'create-pn', 'home').stdout, '1 created\n');
  await cpnsServer.says(/group group=2 epoch=1 members=2/);
  assert.is(admin('group', 'remove', '2', 'pne-2').stdout, 'pne-2 left 2\n');
  await cpnsServer.says(/group group=2 epoch=2 members=1/);
  admin('group', 'add', '2', 'pne-2');
  admin('group', 'transfer', '2', 'pne-2');
  admin('group', 'end', '1');
  assert.is(admin('group', 'create-signed', 'doors').stdout, '4 created\n');
  assert.is(
    admin('group', 'list').stdout,
    '2  service group lights  epoch 3  owner pne-2  pne-1 pne-2\n4  signed service group doors  epoch 1  \n',
  );
  for (const wrong of [[], ['add', '2', 'pne-9'], ['rekey', '7'], ['add', '2'], ['burn', '2']]) {
    const { status, stdout, stderr } = admin('group', ...wrong);
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, /^pne-runtime: [^\n]+\n/);
  }
  admin('remove', 'pne-1');
  await cpnsServer.says(/group group=2 epoch=4 members=1/);
  await Promise.all([gateway.stop('SIGTERM'), cpnsServer.stop('SIGTERM')]);
});

test.run();
