// SPDX-License-Identifier: Apache-2.0

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  differentSettings,
  knownKeys,
  ownSettings,
  readSettings,
  requireSettings,
} from './esp32-settings.ts';

test('settings are read as Kconfig writes them', () => {
  const text = '# A comment\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="a=b"\n\n#CONFIG_D=y\n';
  assert.equal(
    [...readSettings(text)],
    [
      ['CONFIG_A', 'y'],
      ['CONFIG_B', 'n'],
      ['CONFIG_C', '"a=b"'],
    ],
  );
});

test('pairing is LE Secure Connections alone, and accelerators are on', async () => {
  const settings = await ownSettings();
  assert.is(settings.get('CONFIG_BT_NIMBLE_SM_SC_ONLY'), '1');
  assert.is(settings.get('CONFIG_BT_NIMBLE_SM_SC_DEBUG_KEYS'), 'n');
  for (const unit of ['AES', 'SHA', 'MPI', 'ECC'])
    assert.is(settings.get(`CONFIG_MBEDTLS_HARDWARE_${unit}`), 'y');
});

test('a setting that the build did not heed is named, one of a part that is not there is not', () => {
  const asked = readSettings('CONFIG_A=y\nCONFIG_B=1\nCONFIG_C=n\nCONFIG_D=y\n');
  const built = readSettings('# CONFIG_A is not set\nCONFIG_B=0\n# CONFIG_C is not set\n');
  assert.equal(differentSettings(asked, built), ['CONFIG_A is n, not y', 'CONFIG_B is 0, not 1']);
});

test('a key that ESP-IDF does not have is refused before anything is built', async () => {
  const idf = await mkdtemp(join(tmpdir(), 'pne-kconfig-'));
  const folder = join(idf, 'components/bt/host');
  await mkdir(folder, { recursive: true });
  const keys = [...(await ownSettings()).keys()].map((key) => key.slice('CONFIG_'.length));
  const define = (names: string[]) => names.map((name) => `    config ${name}\n        bool "x"\n`).join('');
  await writeFile(join(folder, 'Kconfig.in'), define(keys));
  await requireSettings(idf);
  assert.is((await knownKeys(idf)).size, keys.length);
  await writeFile(join(folder, 'Kconfig.in'), define(keys.slice(1)));
  const failure = await requireSettings(idf).then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );
  assert.match(failure, new RegExp(`^IDF_PATH: no setting CONFIG_${keys[0]} in `));
  await rm(idf, { recursive: true });
});

test.run();
