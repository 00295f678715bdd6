// SPDX-License-Identifier: Apache-2.0

/** Sockets and programs of a network namespace, in the hand of a process outside of it. Root alone may make one. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import '../../../../../src/node/failing.testing.ts';
import { Namespace } from './namespace.ts';

const test = suite('simulator/scenario/namespace');
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;

/** Processes with this command line. */
function running(...command: string[]): string[] {
  const lineOf = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc').filter((pid) => lineOf(pid) === `${command.join('\0')}\0`);
}

asRoot('what listens there is reached from there, with its addresses, and not from here', async () => {
  const namespace = new Namespace();
  await namespace.run('ip', 'link', 'set', 'lo', 'up');
  const server = await namespace.listen('127.0.0.1');
  const { port } = server.address() as AddressInfo;
  server.on('connection', (socket) => socket.end('from within'));
  for (let count = 0; count < 20; count += 1) {
    const socket = await namespace.connect('127.0.0.1', port);
    assert.equal([socket.remoteAddress, socket.remotePort], ['127.0.0.1', port]);
    const [said] = (await once(socket, 'data')) as [Buffer];
    assert.is(said.toString(), 'from within');
    socket.destroy();
  }
  const [refusal] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
  assert.is(refusal.code, 'ECONNREFUSED');
  server.close();
  await namespace.close();
});

asRoot('what fails is told in a line, and its end with the namespace too', async () => {
  const namespace = new Namespace();
  const failed = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      ({ message }: Error) => message,
    );
  assert.match(await failed(namespace.run('ip', 'link', 'set', 'nothing', 'up')), /nothing/);
  assert.match(await failed(namespace.run('no-such-program')), /no-such-program/);
  assert.match(await failed(namespace.connect('127.0.0.1', 9)), /ENETUNREACH|ECONNREFUSED|EADDRNOTAVAIL/);
  const [last] = await Promise.all([failed(namespace.run('sleep', '98765')), namespace.close()]);
  assert.match(last, /has ended/);
  assert.equal(running('sleep', '98765'), []);
});

test.run();
