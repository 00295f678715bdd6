// SPDX-License-Identifier: Apache-2.0

import { askForMbedTls, installDebianPackages, installMbedTls } from './debian.mjs';
import { installDependencies } from './dependencies.mjs';
import { fetchEngine } from './engine.mjs';
import { buildHost } from './host.mjs';
import { alone } from './lock.mjs';
import { notWritable, SetupError } from './run.mjs';

/**
 * Sets this checkout up: npm dependencies, Debian packages that help, the XS engine, its host program. Quick when
 * there is nothing to do. Returns whether it went well; what did not is said on stderr.
 */
export function setUp() {
  return reported(async () => {
    await installDependencies();
    await installDebianPackages();
    await installMbedTls();
    const { native } = await buildHost(await fetchEngine());
    if (!native) askForMbedTls();
  });
}

/** Does setup work while no other process does. `prefix` says of what. */
export async function reported(work, prefix = '') {
  try {
    await alone(work);
    return true;
  } catch (error) {
    const known = ['EROFS', 'EACCES', 'EPERM'].includes(error.code) ? notWritable(error) : error;
    if (!(known instanceof SetupError)) throw error;
    process.stderr.write(`setup: ${prefix}${known.message}\n`);
    return false;
  }
}
