// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makePath, ROOT, replaceFile } from './bundle.ts';

const test = suite('build/bundle');

test('what is there already is not written again, so that a checkout need not be writable', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pne-test-'));
  const path = join(folder, 'made/bundle.js');
  await replaceFile(path, 'one');
  const { ino } = statSync(path);
  await replaceFile(path, Buffer.from('one'));
  assert.is(statSync(path).ino, ino);
  await replaceFile(path, 'two');
  assert.is(readFileSync(path, 'utf8'), 'two');
  rmSync(folder, { recursive: true });
});

test('make is given paths that hold nothing of where the checkout is', () => {
  assert.is(makePath('boards/linux', join(ROOT, 'build/linux')), '../../build/linux');
  assert.is(makePath('boards/linux', '/opt/sdk/xs'), '/opt/sdk/xs');
});

test.run();
