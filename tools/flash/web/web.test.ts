// SPDX-License-Identifier: Apache-2.0

/** `npm run flash:web` as a program: what it serves, and to whom. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import '../../../src/node/failing.testing.ts';
import { scratchFolder } from '../../../src/node/scratch.testing.ts';
import { buildFolder } from '../image.testing.ts';
import type { ImageManifest } from './manifest.ts';

const test = suite('flash:web');
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args]);
  children.add(child);
  return child;
}

async function run(...args: string[]) {
  const child = start(...args);
  let said = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (text: Buffer) => {
      said += text;
    });
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { said, status };
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const text of child.stdout!) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(String(text)) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('it ended');
}

/** As a name of somebody else's that leads here would be asked for. */
function statusFor(address: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once('error', reject).end();
  });
}

test('the image is served on loopback, to the names of this machine, under a policy without inline script', async () => {
  const child = start('esp32c3', '--image', buildFolder('esp32c3'));
  const address = await addressOf(child);
  const response = await fetch(address);
  const policy = response.headers.get('content-security-policy')!;
  assert.match(policy, "default-src 'none'; script-src 'self'");
  assert.not.match(policy, 'unsafe');
  const manifest = (await (await fetch(new URL('image.json', address))).json()) as ImageManifest;
  assert.equal([manifest.board, manifest.chip, manifest.store?.offset], ['esp32c3', 'esp32c3', 0x9000]);
  for (const { path, md5 } of manifest.parts) {
    const bytes = Buffer.from(await (await fetch(new URL(path, address))).arrayBuffer());
    assert.is(createHash('md5').update(bytes).digest('hex'), md5, path);
  }
  assert.is(await statusFor(address, 'rebound.example'), 421);
  assert.is((await fetch(new URL('events', address))).status, 401);
  assert.is((await fetch(new URL('flasher_args.json', address), { method: 'POST' })).status, 401);
  child.kill();
});

test('what it cannot serve is a line, and a status', async () => {
  const [empty, misused] = await Promise.all([run('esp32c3', '--image', scratchFolder()), run('nrf52')]);
  assert.match(empty.said, 'flash:web: ');
  assert.match(empty.said, 'holds no flasher_args.json');
  assert.is(empty.status, 1);
  assert.match(misused.said, 'flash:web: name a board: one of esp32, esp32s3');
  assert.is(misused.status, 2);
});

test.run();
