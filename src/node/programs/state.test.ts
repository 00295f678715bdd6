// SPDX-License-Identifier: Apache-2.0

/**
 * Administration is done in the folder of a program, whether that runs or not, and so by whoever may write there: nobody but
 * its owner, as each start and each `admin` makes sure.
 */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeProvider } from '../crypto/provider.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { createMemoryStore } from '../store/memory.ts';
import { ADMIN_OPTIONS, administer } from './admin.ts';
import { readConfig } from './config.ts';
import { openExistingStore, openState } from './state.ts';

const test = suite('node/programs/state');
const provider = createNodeProvider();

const modeOf = (...path: string[]) => statSync(join(...path)).mode & 0o777;

async function start(folder: string): Promise<void> {
  const { store } = await openState(provider, folder, 'server', {});
  await store.close();
}

async function started(): Promise<string> {
  const folder = join(scratchFolder(), 'state');
  await start(folder);
  return folder;
}

const admin = (...args: string[]) => administer(readConfig(ADMIN_OPTIONS, args, {}), provider, () => {});

async function failure(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'done';
}

test('what a first start makes is for its owner alone, but for the credential', async () => {
  const folder = await started();
  assert.equal(
    [modeOf(folder), modeOf(folder, 'store'), modeOf(folder, 'identity'), modeOf(folder, 'credential')],
    [0o700, 0o700, 0o600, 0o644],
  );
});

for (const mode of [0o770, 0o720, 0o702, 0o777])
  test(`a folder that others may change (${mode.toString(8)}) is refused, with what to type`, async () => {
    const folder = await started();
    chmodSync(folder, mode);
    const expected = `${folder} can be changed by other users: chmod go-w ${folder}`;
    assert.is(await failure(() => start(folder)), expected);
    assert.is(await failure(() => admin('list', '--state', folder)), expected);
    assert.is(await failure(() => admin('group', 'list', '--state', folder)), expected);
    chmodSync(folder, mode & ~0o022);
    assert.is(await failure(() => start(folder)), 'done');
    assert.is(await failure(() => admin('list', '--state', folder)), 'done');
  });

test('so is one that is there before the first start, and one of a program whose store is a database', async () => {
  const folder = join(scratchFolder(), 'state');
  mkdirSync(folder);
  chmodSync(folder, 0o775);
  assert.match(await failure(() => start(folder)), /can be changed by other users/);
  const elsewhere = () => openState(provider, folder, 'server', { store: createMemoryStore() });
  assert.match(await failure(elsewhere), /can be changed by other users/);
});

test('a store that others may read is theirs no more after a start, or after an admin', async () => {
  const folder = await started();
  for (const work of [() => start(folder), () => admin('list', '--state', folder)]) {
    chmodSync(join(folder, 'store'), 0o777);
    await work();
    assert.is(modeOf(folder, 'store'), 0o700);
  }
});

test('a private key that others may read stops the start', async () => {
  const folder = await started();
  chmodSync(join(folder, 'identity'), 0o640);
  assert.match(await failure(() => start(folder)), /can be read by other users: chmod 600/);
});

test('whoever is not let into a folder is told so, and not that there is none', async () => {
  const folder = await started();
  const own = process.geteuid!();
  // Its owner is let in where its mode says nothing of it, if that is root.
  if (own === 0) process.seteuid!(65_534);
  else chmodSync(folder, 0o000);
  try {
    assert.throws(() => openExistingStore(folder), /is another user's: administer as that user/);
  } finally {
    if (own === 0) process.seteuid!(own);
    else chmodSync(folder, 0o700);
  }
});

test.run();
