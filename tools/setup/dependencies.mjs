// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  NPM_PATIENCE,
  patiently,
  ROOT,
  readStamp,
  requireWritable,
  run,
  SetupError,
  say,
  writeStamp,
} from './run.mjs';

const STAMP = 'stamps/package-lock.json';

/** Installs what package-lock.json names, without running anything of it, unless it is there already. */
export async function installDependencies() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  if (readStamp(STAMP) === lock && existsSync(join(ROOT, 'node_modules'))) return;
  requireWritable();
  say('installing npm dependencies: about 212 MB on disk');
  const npm = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...NPM_PATIENCE]);
  await patiently('installing npm dependencies', npm).catch((error) => {
    throw new SetupError(`npm ci failed: ${error.message}; check the network and run the command again`);
  });
  writeStamp(STAMP, lock);
}
