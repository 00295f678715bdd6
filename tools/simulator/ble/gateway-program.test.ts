// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime gateway --bluetooth` as a user starts it, with a PNE on XS at the other end of the virtual air. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../src/node/listener.testing.ts';
import { once, Running } from '../../../src/node/programs/running.testing.ts';
import { bundleBleFirmware } from '../../build/firmware.ts';
import { engine, spawnXs } from '../../build/xs.ts';
import { processBoard } from '../board.ts';
import { parseAddress } from '../controller/address.ts';
import { serveController } from '../controller/server.ts';
import { endWithUs } from '../ending.ts';
import { bleBoard } from './board.ts';
import { Radio } from './radio.ts';
import { bundleStack } from './stack-process.ts';

const test = suite('the gateway program by Bluetooth LE');
const folder = mkdtempSync(join(tmpdir(), 'pne-ble-program-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);

const radio = new Radio({
  program: await bundleStack(),
  speed: 8,
  mtu: 247,
  typePasskey: (_pne, shown) => Promise.resolve(shown),
  onProblem(): void {},
});

/** Lies there once the server has run. */
const ofServer = ['--server-credential', at('server', 'credential')];

const readings = () => readFileSync(at('readings'), 'utf8').split('\n').filter(Boolean);

/** A board as it leaves provisioning, which senses itself. */
async function startPne(bundle: string, name: string) {
  const board = bleBoard(
    radio,
    processBoard('linux', engine(), (env) => spawnXs(bundle, { env })),
  );
  const provisioning = Uint8Array.from(readFileSync(at(name)));
  await mkdir(at('boards', name), { recursive: true });
  await board.provision(at('boards', name), { provisioning });
  const child = board.spawn({ folder: at('boards', name), linePort: 0, feedPort: 0 });
  endWithUs(child);
  return child;
}

function addDevice(name: string): void {
  const credentials = ['gateway', 'server'].flatMap((each) => [
    `--${each}-credential`,
    at(each, 'credential'),
  ]);
  once('admin', 'provision', name, ...credentials, '--output', at(name));
  for (const state of ['server', 'gateway'])
    assert.is(once('admin', 'add', at(name), '--state', at(state)).stdout, `${name} added\n`);
}

test('a PNE is found, paired and secured, and its readings arrive; after a restart it needs no pairing', async () => {
  const controller = await serveController({
    air: radio.air,
    address: parseAddress('C0:00:00:00:00:01'),
    path: at('hci'),
    dataOctets: 251,
  });
  const server = new Running([
    ...['server', '--state', at('server'), '--listen', '127.0.0.1:0'],
    ...['--interval', '200', '--output', at('readings')],
  ]);
  const url = `ws://127.0.0.1:${await server.port()}`;
  const startGateway = () =>
    new Running([
      ...['gateway', '--state', at('gateway'), '--server', url, '--listen', '127.0.0.1:0'],
      ...['--bluetooth', `unix:${at('hci')}`, ...ofServer],
    ]);
  const first = startGateway();
  await first.port();
  once('admin', 'add-gateway', at('gateway', 'credential'), '--state', at('server'));
  addDevice('pne-1');
  const pne = await startPne(await bundleBleFirmware('none'), 'pne-1');
  await first.says(/agreed pne=pne-1 interface=CPNS-1/);
  await server.says(/agreed pne=pne-1 interface=CPNS-3/);
  await until(() => readings().length > 0, 'a reading');
  assert.is(await first.stop('SIGTERM'), 0);
  const before = readings().length;
  const second = startGateway();
  await second.says(/agreed pne=pne-1 interface=CPNS-1/);
  await until(() => readings().length > before, 'a reading after the restart');
  assert.not.match(`${first.said}${second.said}`, /pairing/);
  assert.is(await second.stop('SIGTERM'), 0);
  pne.kill();
  assert.is(await server.stop('SIGTERM'), 0);
  assert.ok(readings().every((line) => line.includes('"uptime"')));
  await controller.close();
});

test('a controller that goes ends the program, with status 1', async () => {
  const path = at('hci-2');
  const serve = () =>
    serveController({ air: radio.air, address: parseAddress('C0:00:00:00:00:01'), path, dataOctets: 251 });
  const controller = await serve();
  const gateway = new Running([
    ...['gateway', '--state', at('gateway'), '--listen', '127.0.0.1:0', '--bluetooth', `unix:${path}`],
    ...ofServer,
  ]);
  await gateway.port();
  await controller.close();
  assert.is(await gateway.ends(), 1);
});

test('a socket that is not there is told of in a line', () => {
  const adapter = ['--bluetooth', `unix:${at('none')}`];
  const { status, stderr } = once('gateway', '--state', at('gateway'), ...ofServer, ...adapter);
  assert.is(status, 1);
  assert.match(stderr, /Bluetooth adapter unix:.* cannot be used/);
});

test.after(() => radio.close());
test.run();
