// SPDX-License-Identifier: Apache-2.0

/**
 * Sets this checkout up: npm dependencies, Debian packages that help, the XS engine, its host program.
 * Plain Node, because nothing is installed yet. Quick when there is nothing to do; all output on stderr.
 */
import { askForMbedTls, installDebianPackages, installMbedTls } from './debian.mjs';
import { installDependencies } from './dependencies.mjs';
import { fetchEngine } from './engine.mjs';
import { buildHost } from './host.mjs';
import { SetupError } from './run.mjs';

try {
  await installDependencies();
  await installDebianPackages();
  await installMbedTls();
  const { native } = await buildHost(await fetchEngine());
  if (!native) askForMbedTls();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`setup: ${error.message}\n`);
  process.exitCode = 1;
}
