// SPDX-License-Identifier: Apache-2.0

/** A boot counter in a file, whatever is there. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { beginBoot } from '../delivery/boot.ts';
import { openBootFile } from './boot-file.ts';
import { scratchFolder } from './scratch.testing.ts';

const test = suite('boot file');
const noRandom = () => {};

test('each start has a higher number than the one before', () => {
  const path = join(scratchFolder(), 'boot');
  for (const epoch of [1, 2, 3]) {
    const store = openBootFile(path);
    assert.is(beginBoot(store, noRandom).epoch, epoch);
    assert.is(store.epoch, epoch);
  }
  assert.is(readFileSync(path, 'utf8'), '3\n');
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.not.ok(existsSync(`${path}.new`));
});

test('what is no counter counts as none', () => {
  const path = join(scratchFolder(), 'boot');
  for (const text of ['', '7', '07\n', '-1\n', '1e3\n', 'x', '12345678901\n']) {
    writeFileSync(path, text);
    assert.is(openBootFile(path).epoch, undefined, text);
  }
});

test('a number that cannot be stored is not used', () => {
  const folder = scratchFolder();
  const store = openBootFile(join(folder, 'missing/boot'));
  assert.throws(() => beginBoot(store, noRandom), /storeFailed/);
  assert.is(store.epoch, undefined);
  mkdirSync(join(folder, 'is-a-folder'));
  assert.throws(() => openBootFile(join(folder, 'is-a-folder')), /EISDIR/);
});

test.run();
