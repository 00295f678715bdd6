// SPDX-License-Identifier: Apache-2.0

/** Devices that are made for a production line, for a server that does not run: in this process. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import decodeQR from 'qr/decode.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { cancel, isInvited } from '../../src/node/invitations.ts';
import { decodeCode } from '../../src/node/onboarding-code.ts';
import { readConfig } from '../../src/node/programs/config.ts';
import { PROVISION_OPTIONS, provisionByCode } from '../../src/node/programs/provision.ts';
import { openExistingStore, openState } from '../../src/node/programs/state.ts';
import { openRootKey } from '../../src/node/root-key.ts';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { decodeInvited } from '../../src/roles/provisioning.ts';
import { IMAGE, imagesIn, readImage } from './images.ts';
import { svgLabel } from './label.ts';
import { PARTITION_BYTES } from './partition.ts';
import { writeStoreFlash, writeStoreFolder } from './stores.ts';

const test = suite('images of devices');
const provider = createNodeProvider();

interface Run {
  /** Of standard output, and of what it failed with. */
  readonly said: string;
  readonly failed: string;
}

async function newServer() {
  const folder = scratchFolder();
  const { store, rootKeyPath } = await openState(provider, join(folder, 's'), 'server', {});
  await openRootKey(provider, rootKeyPath, store);
  await store.close();
  const made = join(folder, 'made');
  mkdirSync(made);
  const run = async (...args: string[]): Promise<Run> => {
    const given = ['--state', join(folder, 's'), '--output', made, ...args];
    const lines: string[] = [];
    try {
      const { values, positionals } = readConfig(PROVISION_OPTIONS, given, {});
      const say = (line: string) => void lines.push(line);
      await provisionByCode(values, positionals, provider, imagesIn(made), say);
      return { said: lines.join('\n'), failed: '' };
    } catch (error) {
      return { said: lines.join('\n'), failed: (error as Error).message };
    }
  };
  return { folder, made, run, state: join(folder, 's') };
}

function outcomesOf({ said }: Run): string[] {
  return said.split('\n').map((line) => JSON.parse(line).outcome);
}

function secretOf(device: string): Uint8Array {
  return decodeInvited(readImage(join(device, IMAGE)))!.secret;
}

async function isRegistered(state: string, pneId: string, secret: Uint8Array): Promise<boolean> {
  const store = openExistingStore(state);
  return isInvited({ store, provider }, pneId, provider.secret(secret)).finally(() => store.close());
}

test('a line of CSV is a whole device or none, and a second run makes what the first did not', async () => {
  const { folder, made, run, state } = await newServer();
  const csv = join(folder, 'batch.csv');
  writeFileSync(csv, 'id,gateway\r\npne-1,192.0.2.7:8751\r\npne-2,\r\npne-3,\r\n');
  // A run was cut off while it wrote pne-1, and something of somebody's stands where pne-2 would go.
  mkdirSync(join(made, '.pne-1.new'), { recursive: true });
  writeFileSync(join(made, 'pne-2'), 'notes');
  const first = await run('--csv', csv, '--json');
  assert.equal(outcomesOf(first), ['made', 'failed', 'made']);
  assert.is(first.failed, '2 made, 0 there already, 1 failed: mend that, and run it again');
  const stored = decodeInvited(readImage(join(made, 'pne-1', IMAGE)))!;
  assert.equal([stored.pneId, stored.gatewayAddress], ['pne-1', '192.0.2.7']);
  assert.equal(readdirSync(made).sort(), ['pne-1', 'pne-2', 'pne-3']);
  assert.equal(readdirSync(join(made, 'pne-1')).sort(), ['label.svg', 'label.txt', IMAGE]);
  for (const name of readdirSync(join(made, 'pne-1')))
    assert.is(statSync(join(made, 'pne-1', name)).mode & 0o077, 0, name);
  rmSync(join(made, 'pne-2'));
  const second = await run('--csv', csv, '--json');
  assert.is(second.failed, '');
  assert.equal(outcomesOf(second), ['there', 'made', 'there']);
  assert.equal(secretOf(join(made, 'pne-1')), stored.secret);
  assert.not.match(first.said + second.said, 'code');
  for (const id of ['pne-1', 'pne-2', 'pne-3'])
    assert.ok(await isRegistered(state, id, secretOf(join(made, id))), id);
});

test('a run that was cut off before it registered a code registers it when it is run again', async () => {
  const { made, run, state } = await newServer();
  assert.is((await run('pne-1')).failed, '');
  const secret = secretOf(join(made, 'pne-1'));
  const store = openExistingStore(state);
  await cancel(store, 'pne-1');
  await store.close();
  assert.not.ok(await isRegistered(state, 'pne-1', secret));
  const again = await run('pne-1', '--show', 'code');
  const [, code = ''] = /is there already; its code is (PNE-1\.[0-9A-Z]{30})$/.exec(again.said) ?? [];
  assert.equal(decodeCode(code).secret, secret);
  assert.ok(await isRegistered(state, 'pne-1', secret));
});

test('nothing is replaced unless that is asked for, and then the former code is worth nothing', async () => {
  const { folder, made, run, state } = await newServer();
  const device = join(made, 'pne-1');
  assert.is((await run('pne-1')).failed, '');
  const former = secretOf(device);
  const elsewhere = ['pne-1', '--gateway', '192.0.2.7:8751'];
  assert.match((await run(...elsewhere)).said, 'is another one: --replace makes it anew');
  renameSync(device, join(folder, 'kept'));
  const taken = await run('pne-1');
  assert.match(taken.said, 'has a code that waits for its device');
  assert.match(taken.failed, '0 made, 0 there already, 1 failed');
  assert.not.ok(existsSync(device));
  renameSync(join(folder, 'kept'), device);
  assert.equal(secretOf(device), former);
  assert.is((await run(...elsewhere, '--replace')).failed, '');
  assert.not.equal(secretOf(device), former);
  assert.not.ok(await isRegistered(state, 'pne-1', former));
  writeFileSync(join(device, IMAGE), 'cut off');
  assert.match((await run('pne-1')).said, 'holds no device');
  assert.is((await run('pne-1', '--replace')).failed, '');
});

test('what is asked wrongly makes nothing, and says what is right', async () => {
  const { folder, made, run } = await newServer();
  const [twice, headless] = [join(folder, 'twice.csv'), join(folder, 'headless.csv')];
  writeFileSync(twice, 'id\npne-1\npne-1\n');
  writeFileSync(headless, 'pne-1\n');
  const wrong: [string, string[]][] = [
    ['--state has to be given', ['pne-1', '--state', '']],
    ['no such file', ['pne-1', '--state', join(folder, 'nowhere')]],
    ['no such file', ['--csv', join(folder, 'none.csv')]],
    ['takes names of devices, or --csv', []],
    ['takes names of devices, or --csv', ['pne-1', '--csv', twice]],
    ['pne-1 is named twice', ['pne-1', 'pne-1']],
    ['pne-1 is named twice', ['--csv', twice]],
    ["begins with the line 'id'", ['--csv', headless]],
    ['has 1 to 9 of', ['pne-100000']],
    ['takes one of nothing, code, qr', ['pne-1', '--show', 'keys']],
    ['takes HOST:PORT', ['pne-1', '--gateway', 'nowhere']],
  ];
  for (const [said, args] of wrong) assert.match((await run(...args)).failed, said);
  assert.equal(readdirSync(made), []);
});

test('the boards have that size for it', () => {
  for (const board of ['esp32', 'esp32s3', 'esp32c3', 'esp32c6']) {
    const table = readFileSync(new URL(`../../boards/${board}/partitions.csv`, import.meta.url), 'utf8');
    const size = /^nvs, *data, *nvs, *\w+, *(\w+)/m.exec(table)![1];
    assert.is(Number(size), PARTITION_BYTES, board);
  }
});

test('stores of other boards are made of the same image, and are not replaced', async () => {
  const { folder, made, run } = await newServer();
  await run('pne-1');
  const image = Uint8Array.from(readFileSync(join(made, 'pne-1', IMAGE)));
  const [store, flash] = [join(folder, 'store'), join(folder, 'flash')];
  writeStoreFolder(image, store);
  assert.equal(
    Uint8Array.from(readFileSync(join(store, 'pne/provisioning'))),
    readImage(join(made, 'pne-1', IMAGE)),
  );
  assert.throws(() => writeStoreFolder(image, store), 'EEXIST');
  await writeStoreFlash(image, flash);
  assert.ok(readFileSync(flash).includes('pne/provisioning'));
  assert.match(await writeStoreFlash(image, flash).catch(({ message }) => message), 'and is not replaced');
});

/** What a camera in front of the label sees of its code. */
function photograph(svg: string) {
  const scale = 4;
  const dark = [...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const modules = 3 + Math.max(...dark.flat());
  const side = modules * scale;
  const data = new Uint8Array(4 * side * side).fill(255);
  for (const [x, y] of dark)
    for (let row = 0; row < scale; row += 1) {
      const at = 4 * ((y * scale + row) * side + x * scale);
      for (let column = 0; column < scale; column += 1) data.fill(0, at + 4 * column, at + 4 * column + 3);
    }
  return { width: side, height: side, data };
}

test('the code of a label is read back', async () => {
  const { made, run } = await newServer();
  const { said } = await run('pne-12345', '--show', 'code');
  const code = said.slice(-40);
  assert.is(decodeQR(photograph(readFileSync(join(made, 'pne-12345/label.svg'), 'utf8'))), code);
  assert.is(readFileSync(join(made, 'pne-12345/label.txt'), 'utf8'), `pne-12345\n${code}\n`);
  assert.not.match(svgLabel('pne-1'), 'path');
});

test.run();
