// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NPM_PATIENCE, OUTPUT, patiently, requireWritable, run, SetupError, say } from './run.mjs';

/** The npm package that carries XS's sources. Nothing of it is installed or run: its sources are compiled. */
const PACKAGE = '@agoric/xsnap@0.15.0';
const TARBALL = 'agoric-xsnap-0.15.0.tgz';
const INTEGRITY =
  'sha512-ZBm4DZxbtfacxMHVVdJjZi0Y8zOxN77vpu1WwI5RWfPkaRh0aHkz/dVdTGKXalDNzWfz183lljKxlxl3/h0n+A==';

/** Returns XS's major version and its folder: of the Moddable SDK where MODDABLE names one, else of npm's copy. */
export async function fetchEngine() {
  const sdk = process.env.MODDABLE;
  const folder = sdk ? join(sdk, 'xs') : await fetchFromNpm();
  return { major: majorOf(folder), folder };
}

/** Returns the folder of npm's copy. */
export async function fetchFromNpm() {
  const unpacked = join(OUTPUT, 'engine');
  const folder = join(unpacked, 'package/moddable/xs');
  if (existsSync(folder)) return folder;
  requireWritable();
  say(`fetching the XS engine (${PACKAGE})`);
  const download = join(OUTPUT, 'download');
  mkdirSync(download, { recursive: true });
  const npm = run('npm', ['pack', PACKAGE, '--pack-destination', download, ...NPM_PATIENCE]);
  await patiently('fetching the XS engine', npm).catch((error) => {
    throw new SetupError(`cannot fetch ${PACKAGE}: ${error.message}; check the network and run again`);
  });
  verify(join(download, TARBALL));
  await unpack(join(download, TARBALL), unpacked);
  return folder;
}

function verify(tarball) {
  const digest = createHash('sha512').update(readFileSync(tarball)).digest('base64');
  if (`sha512-${digest}` === INTEGRITY) return;
  rmSync(tarball);
  throw new SetupError(`${PACKAGE} is not the file this project was made with; nothing was unpacked`);
}

/** Unpacks beside the final place, so that a folder that is there is whole. */
async function unpack(tarball, target) {
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', partial]);
  renameSync(partial, target);
}

/** The major version: it names the build's folder. The host itself tells the whole version. */
function majorOf(folder) {
  const header = join(folder, 'sources/xsCommon.h');
  if (!existsSync(header)) throw new SetupError(`no XS sources in ${folder}: check MODDABLE`);
  return readFileSync(header, 'utf8').match(/#define XS_MAJOR_VERSION (\d+)/)?.[1] ?? 'unknown';
}
