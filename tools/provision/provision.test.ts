// SPDX-License-Identifier: Apache-2.0

/** Devices that are made here, in XS, join the programs that people run. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeCode, networkOf } from '../../src/node/onboarding-code.ts';
import { once, Running } from '../../src/node/programs/running.testing.ts';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { decodeInvited } from '../../src/roles/provisioning.ts';
import { openBoard } from '../simulator/boards.ts';
import { type PneProcess, startPneProcess } from '../simulator/pne-process.ts';

const test = suite('provision');
const payloads = createCborXPayloads();
const TSX = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url));
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function provision(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(TSX, [MAIN, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

interface Programs {
  readonly folder: string;
  readonly server: Running;
  readonly gateway: Running;
}

function startServer(folder: string, port = '0'): Running {
  const output = ['--output', join(folder, 'out'), '--interval', '20'];
  return new Running(['server', '--state', join(folder, 's'), '--listen', `127.0.0.1:${port}`, ...output]);
}

async function startPrograms(): Promise<Programs> {
  const folder = scratchFolder();
  const server = startServer(folder);
  const url = `ws://127.0.0.1:${await server.port()}`;
  const own = ['--state', join(folder, 'g'), '--listen', '127.0.0.1:0'];
  const credential = join(folder, 's/credential');
  const gateway = new Running(['gateway', ...own, '--server', url, '--server-credential', credential]);
  await gateway.port();
  assert.is(
    once('admin', 'add-gateway', join(folder, 'g/credential'), '--state', join(folder, 's')).status,
    0,
  );
  await gateway.says(/server-there/);
  return { folder, server, gateway };
}

/** A PNE with a secret, and how many readings it gives. */
async function startPne({ folder, gateway }: Programs, pneId: string, secret: Uint8Array, store = pneId) {
  const pne: Promise<PneProcess> = startPneProcess({
    board: await openBoard('linux'),
    folder: join(folder, store),
    provisioning: { pneId, gatewayAddress: '127.0.0.1', gatewayPort: Number(await gateway.port()), secret },
    linePort: 0,
    async onSample(count): Promise<void> {
      for (let left = count; left > 0; left -= 1)
        (await pne).give({ line: 0, payload: payloads.encode({ of: pneId }) });
    },
    onFigures(): void {},
    onExit: (problem) => assert.unreachable(problem),
  });
  return pne;
}

function hasReadings(folder: string): boolean {
  const path = join(folder, 'out');
  return existsSync(path) && readFileSync(path, 'utf8').includes('"pne":"pne-1"');
}

function secretIn(path: string): Uint8Array {
  return decodeInvited(Uint8Array.from(readFileSync(path)))!.secret;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a device with a code joins programs that run, and a second one with the same code is reported', async () => {
  const programs = await startPrograms();
  const { folder, server, gateway } = programs;
  const made = provision('pne-1', '--state', join(folder, 's'), '--output', join(folder, 'made'));
  assert.is(made.status, 0, made.stderr);
  const secret = secretIn(join(folder, 'made/pne-1.provisioning'));
  const copy = secret.slice();
  const pne = await startPne(programs, 'pne-1', secret);
  await server.says(/joined pne=pne-1/);
  await gateway.says(/admitted pne=pne-1/);
  await until(() => hasReadings(folder), 'a reading');
  const thief = await startPne(programs, 'pne-1', copy, 'thief');
  await server.says(/refused reason=onboardingUsed pne=pne-1/);
  await Promise.all([pne.stop(), thief.stop()]);
  assert.equal(await Promise.all([server.stop('SIGTERM'), gateway.stop('SIGTERM')]), [0, 0]);
});

test('a device that has joined resumes after its restart, and after that of the server too', async () => {
  const programs = await startPrograms();
  const { folder, server, gateway } = programs;
  assert.is(provision('pne-1', '--state', join(folder, 's'), '--output', join(folder, 'made')).status, 0);
  const secret = secretIn(join(folder, 'made/pne-1.provisioning'));
  const first = await startPne(programs, 'pne-1', secret.slice());
  await until(() => hasReadings(folder), 'a reading');
  assert.match(server.said, /agreed pne=pne-1 interface=CPNS-3 .*by="?EDHOC method 3/);
  await first.stop();
  assert.is(await server.stop('SIGTERM'), 0);
  const again = startServer(folder, await server.port());
  await again.port();
  await until(() => gateway.said.split('server-there').length > 2, 'the link to the server');
  const second = await startPne(programs, 'pne-1', secret);
  await again.says(/agreed pne=pne-1 interface=CPNS-3 .*by="?EDHOC PSK/);
  await gateway.says(/agreed pne=pne-1 interface=CPNS-1 .*by="?EDHOC PSK/);
  await second.stop();
  assert.equal(await Promise.all([again.stop('SIGTERM'), gateway.stop('SIGTERM')]), [0, 0]);
});

test('codes on labels are registered by the one who has the server, or refused in a line that says what to do', async () => {
  const { folder, server, gateway } = await startPrograms();
  const state = ['--state', join(folder, 's')];
  const network = networkOf(Uint8Array.from(readFileSync(join(folder, 's/credential'))));
  const secret = new Uint8Array(16).fill(9);
  const code = encodeCode({ pneId: 'pne-5', secret, network });
  const foreign = encodeCode({ pneId: 'pne-5', secret, network: (network % 1023) + 1 });
  const said = (text: string) => once('admin', 'join', text, ...state).stderr;
  assert.match(said(foreign), 'is for another network: make one here with provision');
  assert.match(
    said(`${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`),
    'mistyped: compare it with the label',
  );
  assert.match(said('pne-5'), 'this is no code');
  assert.is(once('admin', 'join', code, ...state).stdout, 'pne-5 may join\n');
  assert.match(said(code), 'has a code that waits for its device: admin remove pne-5 first');
  assert.match(once('admin', 'remove', 'pne-5', ...state).stdout, 'its code is worth nothing');
  await Promise.all([server.stop('SIGTERM'), gateway.stop('SIGTERM')]);
});

test('a batch makes a store for each board, shows nothing that it is not asked for, and replaces nothing', async () => {
  const { folder, server, gateway } = await startPrograms();
  await Promise.all([server.stop('SIGTERM'), gateway.stop('SIGTERM')]);
  const [made, batch] = [join(folder, 'made'), join(folder, 'batch.csv')];
  const common = ['--state', join(folder, 's'), '--output', made];
  writeFileSync(batch, 'id,gateway\r\npne-1,192.0.2.7:8751\r\npne-2,\r\n');
  const first = provision('--batch', batch, '--board', 'linux', '--json', ...common);
  assert.is(first.status, 0, first.stderr);
  assert.equal(
    first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    ['pne-1', 'pne-2'].map((pne) => ({ pne, file: join(made, pne) })),
  );
  const stored = decodeInvited(Uint8Array.from(readFileSync(join(made, 'pne-1/pne/provisioning'))))!;
  assert.equal([stored.pneId, stored.gatewayAddress], ['pne-1', '192.0.2.7']);
  const again = provision('--batch', batch, '--board', 'linux', ...common);
  assert.match(again.stderr, 'is there already, and is not replaced');
  assert.is(again.status, 2);
  assert.equal(secretIn(join(made, 'pne-1/pne/provisioning')), stored.secret);
  const elsewhere = provision('pne-1', ...common.slice(0, 2), '--output', join(folder, 'other'));
  assert.match(elsewhere.stderr, 'has a code that waits for its device');
  assert.not.ok(existsSync(join(folder, 'other/pne-1.provisioning')));
  const flash = provision('pne-3', '--board', 'qemu-rv32', '--show', 'code', ...common);
  assert.match(flash.stdout, /its code is PNE-3\.[0-9A-Z]{30}\n/);
  assert.ok(existsSync(join(made, 'pne-3.flash')));
});

test('what is asked wrongly makes nothing, and says what is right', () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 's'));
  const state = ['--state', join(folder, 's')];
  const wrong: [string, string[]][] = [
    ['--state has to be given', ['pne-1']],
    ['start the server with this --state first', ['pne-1', ...state]],
    ['takes names of devices, or --batch', state],
    ['is named twice', ['pne-1', 'pne-1', ...state]],
    ['has 1 to 9 of', ['pne-100000', ...state]],
    ['takes one of file, linux, qemu-rv32', ['pne-1', '--board', 'esp32', ...state]],
    ['takes one of nothing, code, qr', ['pne-1', '--show', 'keys', ...state]],
  ];
  for (const [said, args] of wrong) {
    const { status, stderr } = provision(...args);
    assert.match(stderr, said);
    assert.ok(status === 1 || status === 2, said);
  }
  assert.match(provision('--help').stdout, 'usage: npm run provision');
});

test.run();
