// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readStamp, run, SetupError, say, writeStamp } from './run.mjs';

const STAMP = 'stamps/package-lock.json';

/** Installs what package-lock.json names, without running anything of it, unless it is there already. */
export async function installDependencies() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  if (readStamp(STAMP) === lock && existsSync(join(ROOT, 'node_modules'))) return;
  say('installing npm dependencies');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']).catch(
    (error) => {
      throw new SetupError(`npm ci failed: ${error.message}; check the network and run the command again`);
    },
  );
  writeStamp(STAMP, lock);
}
