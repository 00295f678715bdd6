// SPDX-License-Identifier: Apache-2.0

/** Devices that are made here, in XS, join the programs that people run. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeCode, networkOf } from '../../src/node/onboarding-code.ts';
import { once, Running } from '../../src/node/programs/running.testing.ts';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { decodeInvited, encodeInvited } from '../../src/roles/provisioning.ts';
import { openBoard } from '../simulator/boards.ts';
import { type PneProcess, startPneProcess } from '../simulator/pne-process.ts';
import { IMAGE, readImage } from './images.ts';
import { provisioningIn } from './partition.ts';
import { writeStoreFolder } from './stores.ts';

const test = suite('provision');
const payloads = createCborXPayloads();
const TSX = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url));
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function provision(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(TSX, [MAIN, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Makes pne-1. */
function make(folder: string, ...args: string[]) {
  return provision('pne-1', '--state', join(folder, 's'), '--output', join(folder, 'made'), ...args);
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

/** A PNE whose store is made of an image, where it has none yet. */
async function startPne({ folder }: Programs, pneId: string, store = pneId) {
  const image = Uint8Array.from(readFileSync(join(folder, 'made', pneId, IMAGE)));
  const board = await openBoard('linux');
  const pne: Promise<PneProcess> = startPneProcess({
    board: {
      ...board,
      async provision(path, { sensor }): Promise<void> {
        if (!existsSync(path)) writeStoreFolder(image, path);
        await board.provision(path, { sensor: sensor! });
      },
    },
    folder: join(folder, store),
    provisioning: decodeInvited(provisioningIn(image)!)!,
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
  const address = `127.0.0.1:${await gateway.port()}`;
  const made = make(folder, '--gateway', address);
  assert.is(made.status, 0, made.stderr);
  const pne = await startPne(programs, 'pne-1');
  await server.says(/joined pne=pne-1/);
  await gateway.says(/admitted pne=pne-1/);
  await until(() => hasReadings(folder), 'a reading');
  const thief = await startPne(programs, 'pne-1', 'thief');
  await server.says(/refused reason=onboardingUsed pne=pne-1/);
  await Promise.all([pne.stop(), thief.stop()]);
  assert.equal(await Promise.all([server.stop('SIGTERM'), gateway.stop('SIGTERM')]), [0, 0]);
});

test('a device that has joined resumes after its restart, and after that of the server too', async () => {
  const programs = await startPrograms();
  const { folder, server, gateway } = programs;
  assert.is(make(folder, '--gateway', `127.0.0.1:${await gateway.port()}`).status, 0);
  const first = await startPne(programs, 'pne-1');
  await until(() => hasReadings(folder), 'a reading');
  assert.match(server.said, /agreed pne=pne-1 interface=CPNS-3 .*by="?EDHOC method 3/);
  await first.stop();
  assert.is(await server.stop('SIGTERM'), 0);
  const again = startServer(folder, await server.port());
  await again.port();
  await until(() => gateway.said.split('server-there').length > 2, 'the link to the server');
  const second = await startPne(programs, 'pne-1');
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

test('a device that has its key already gets its image too', () => {
  const folder = scratchFolder();
  const file = join(folder, 'pne-9.provisioning');
  const bytes = Uint8Array.from(
    encodeInvited({ pneId: 'pne-9', gatewayAddress: 'g', gatewayPort: 1, secret: new Uint8Array(0) }),
  );
  writeFileSync(file, bytes);
  const wrap = () => provision('--existing', file, '--output', join(folder, 'made'));
  assert.match(wrap().stdout, 'pne-9 written: put it into the device');
  assert.equal(readImage(join(folder, 'made/pne-9', IMAGE)), bytes);
  assert.is(readFileSync(join(folder, 'made/pne-9/label.txt'), 'utf8'), 'pne-9\n');
  const again = wrap();
  assert.match(again.stderr, 'is there already, and is not replaced');
  assert.is(again.status, 1);
});

test('what is asked wrongly is a line and a status', () => {
  const { stderr, status } = provision('pne-1');
  assert.is(
    stderr,
    'provision: --state has to be given: the folder of the server\nnpm run provision -- --help lists the options\n',
  );
  assert.is(status, 2);
  const { stderr: early } = provision('pne-1', '--state', scratchFolder());
  assert.match(early, 'start the server with this --state first');
  assert.match(provision('--help').stdout, 'usage: npm run provision');
});

test.run();
