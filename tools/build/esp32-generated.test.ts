// SPDX-License-Identifier: Apache-2.0

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withSettings } from './esp32-generated.ts';

const test = suite<{ folder: string; settings: string }>('build/esp32-generated');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'pne-generated-'));
  context.settings = join(context.folder, 'build/config/sdkconfig.h');
});

test.after.each(({ folder }) => rm(folder, { recursive: true }));

async function contentsDuring(settings: string): Promise<string> {
  let contents = 'nothing was done';
  await withSettings(settings, async (path) => {
    contents = await readFile(path, 'utf8');
  });
  return contents;
}

test('empty settings are there for as long as modules are made, and no image is built with them', async ({
  folder,
  settings,
}) => {
  assert.is(await contentsDuring(settings), '');
  assert.equal(await readdir(join(folder, 'build/config')), []);
});

test('they are gone where making modules failed, which is told of', async ({ folder, settings }) => {
  const failure = await withSettings(settings, () => Promise.reject(new Error('make failed'))).catch(String);
  assert.is(failure, 'Error: make failed');
  assert.equal(await readdir(join(folder, 'build/config')), []);
});

test('settings of an image that was built there stay as they are', async ({ settings }) => {
  await mkdir(dirname(settings), { recursive: true });
  await writeFile(settings, 'of an image');
  assert.is(await contentsDuring(settings), 'of an image');
  assert.is(await readFile(settings, 'utf8'), 'of an image');
});

test.run();
