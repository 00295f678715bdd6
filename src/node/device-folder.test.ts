// SPDX-License-Identifier: Apache-2.0

/** What a device keeps in its folder, and what it does not take from one. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Purpose } from '../store/store.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { openDeviceFolder } from './device-folder.ts';
import { scratchFolder } from './scratch.testing.ts';

const test = suite('device folder');
const provider = createNodeProvider();
const DATA = Uint8Array.of(1, 2, 3);

test('boot counter, keys and gateway are there when it is opened again, for their owner alone', () => {
  const path = join(scratchFolder(), 'own');
  const folder = openDeviceFolder(provider, path);
  assert.equal([folder.boots.epoch, folder.gateway], [undefined, undefined]);
  folder.boots.write(7);
  folder.keys.write(Purpose.groupKey, 3, { data: DATA });
  folder.gateway = DATA;
  const again = openDeviceFolder(provider, path);
  assert.equal([again.boots.epoch, again.gateway], [7, DATA]);
  assert.equal(again.keys.read(Purpose.groupKey, 3)?.data, DATA);
  again.keys.remove(Purpose.groupKey, 3);
  again.gateway = undefined;
  const last = openDeviceFolder(provider, path);
  assert.equal([last.keys.read(Purpose.groupKey, 3), last.gateway], [undefined, undefined]);
  for (const name of ['root-key', 'kept/head']) assert.is(statSync(join(path, name)).mode & 0o777, 0o600);
  assert.is(statSync(path).mode & 0o777, 0o700);
  assert.equal(readdirSync(join(path, 'kept')), ['head']);
});

test('what was sealed in another folder is not taken', () => {
  const [own, other] = [scratchFolder(), scratchFolder()];
  for (const path of [own, other]) openDeviceFolder(provider, path).boots.write(1);
  rmSync(join(own, 'kept'), { recursive: true });
  cpSync(join(other, 'kept'), join(own, 'kept'), { recursive: true });
  assert.throws(() => openDeviceFolder(provider, own), /storeInvalid/);
});

test('a folder that others may change, and a root key that they may read or that is none, are refused', () => {
  const path = scratchFolder();
  openDeviceFolder(provider, path);
  chmodSync(path, 0o770);
  assert.throws(() => openDeviceFolder(provider, path), /chmod go-w/);
  chmodSync(path, 0o700);
  chmodSync(join(path, 'root-key'), 0o640);
  assert.throws(() => openDeviceFolder(provider, path), /chmod 600/);
  chmodSync(join(path, 'root-key'), 0o600);
  writeFileSync(join(path, 'root-key'), 'short');
  assert.throws(() => openDeviceFolder(provider, path), /holds no key/);
});

test('a change that fails leaves the former', () => {
  const path = scratchFolder();
  const folder = openDeviceFolder(provider, path);
  folder.boots.write(1);
  mkdirSync(join(path, 'kept/head.new'));
  assert.throws(() => folder.boots.write(2), /storeFailed/);
  rmSync(join(path, 'kept/head.new'), { recursive: true });
  assert.ok(existsSync(join(path, 'kept/head')));
  assert.is(openDeviceFolder(provider, path).boots.epoch, 1);
});

test.run();
