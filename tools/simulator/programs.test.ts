// SPDX-License-Identifier: Apache-2.0

/** The firmware in XS at the programs that people run, which are killed and started again. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { once, Running } from '../../src/node/programs/running.testing.ts';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { decodeProvisioning } from '../../src/roles/provisioning.ts';
import { openBoard } from './boards.ts';
import { type PneProcess, startPneProcess } from './pne-process.ts';

const test = suite('simulator/programs');
const payloads = createCborXPayloads();
const READINGS = 30;
/**
 * A device notices after four readings without an answer, 5 to 7.5 s each, that its server has lost its keys; one that was turned
 * away asks again after a minute, if nobody tells it before that it has a grant.
 */
const PATIENCE_MS = 50_000;

interface Programs {
  readonly folder: string;
  readonly server: Running;
  readonly gateway: Running;
}

async function startPrograms(folder: string): Promise<Programs> {
  const server = startServer(folder, '0');
  const url = `ws://127.0.0.1:${await server.port()}`;
  const args = ['gateway', '--state', join(folder, 'g'), '--listen', '127.0.0.1:0', '--server', url];
  const gateway = new Running([...args, '--server-credential', join(folder, 's/credential')]);
  const own = join(folder, 'g/credential');
  await until(() => existsSync(own), 'the credential of the gateway');
  assert.is(once('admin', 'add-gateway', own, '--state', join(folder, 's')).status, 0);
  await gateway.says(/server-there/);
  return { folder, server, gateway };
}

function startServer(folder: string, port: string): Running {
  const output = ['--output', join(folder, 'out'), '--interval', '20'];
  return new Running(['server', '--state', join(folder, 's'), '--listen', `127.0.0.1:${port}`, ...output]);
}

/** Makes a device and adds it at both. */
async function enrolDevice({ folder, server, gateway }: Programs): Promise<string> {
  const file = join(folder, 'device');
  const credentials = ['--gateway-credential', join(folder, 'g/credential')];
  credentials.push('--server-credential', join(folder, 's/credential'));
  const address = ['--gateway', `127.0.0.1:${await gateway.port()}`];
  assert.is(once('admin', 'provision', 'pne-1', ...credentials, ...address, '--output', file).status, 0);
  for (const state of ['s', 'g']) once('admin', 'add', file, '--state', join(folder, state));
  await Promise.all([server.says(/devices count=1/), gateway.says(/devices count=1/)]);
  return file;
}

/** Starts it with the file, and gives it a reading whenever it asks for one. */
async function startDevice(folder: string, file: string): Promise<PneProcess> {
  let given = 0;
  const pne = startPneProcess({
    board: await openBoard('linux'),
    folder: join(folder, 'pne'),
    provisioning: decodeProvisioning(Uint8Array.from(readFileSync(file))),
    linePort: 0,
    async onSample(count): Promise<void> {
      for (let left = count; left > 0 && given < READINGS; left -= 1) {
        const line = given;
        given += 1;
        (await pne).give({ line, payload: payloads.encode({ n: line }) });
      }
    },
    onFigures(): void {},
    onExit: (problem) => assert.unreachable(problem),
  });
  return pne;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function delivered(folder: string): number[] {
  const path = join(folder, 'out');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.slice(0, -1).map((line) => JSON.parse(line).value.n);
}

test('a device that was provisioned delivers each reading once, though its server is killed in between', async () => {
  const folder = scratchFolder();
  const programs = await startPrograms(folder);
  const pne = await startDevice(folder, await enrolDevice(programs));
  await until(() => delivered(folder).length > 2, 'readings');
  await programs.server.stop('SIGKILL');
  const again = startServer(folder, await programs.server.port());
  await until(() => delivered(folder).length >= READINGS, 'all readings');
  await pne.stop();
  assert.equal(await Promise.all([again.stop('SIGTERM'), programs.gateway.stop('SIGTERM')]), [0, 0]);
  assert.equal(
    delivered(folder).sort((a, b) => a - b),
    Array.from({ length: READINGS }, (_, index) => index),
  );
});

test('a device whose grant is revoked delivers nothing after that, and its readings when it has one again', async () => {
  const folder = scratchFolder();
  const programs = await startPrograms(folder);
  const pne = await startDevice(folder, await enrolDevice(programs));
  const state = ['--state', join(folder, 's')];
  await until(() => delivered(folder).length > 2, 'readings');
  assert.is(once('admin', 'revoke', 'pne-1', ...state).status, 0);
  const before = delivered(folder).length;
  await programs.server.says(/revoked pne=pne-1/);
  await programs.gateway.says(/revoked pne=pne-1/);
  await programs.gateway.says(/refused reason=notAuthorized pne=pne-1/);
  assert.is(once('admin', 'grant', 'pne-1', '--state', join(folder, 'g')).status, 0);
  assert.ok(delivered(folder).length <= before + 1, 'what was stored before may be written after');
  await programs.server.stop('SIGTERM');
  const again = startServer(folder, await programs.server.port());
  await again.says(/refused reason=notAuthorized pne=pne-1/);
  assert.is(once('admin', 'grant', 'pne-1', ...state).status, 0);
  await until(() => delivered(folder).length >= READINGS, 'all readings');
  await pne.stop();
  assert.equal(await Promise.all([again.stop('SIGTERM'), programs.gateway.stop('SIGTERM')]), [0, 0]);
  assert.equal(
    delivered(folder).sort((a, b) => a - b),
    Array.from({ length: READINGS }, (_, index) => index),
  );
});

test.run();
