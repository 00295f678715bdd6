// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { has, OUTPUT, patiently, run, SetupError, say } from './run.mjs';

/** Debian 12's source package, which it builds without patches. Figures depend on the version. */
export const MBEDTLS_VERSION = '2.28.3';
const PACKAGE = `mbedtls=${MBEDTLS_VERSION}-1`;
const TARBALL = `mbedtls_${MBEDTLS_VERSION}.orig.tar.gz`;
const SHA256 = '3b4953aa55a681e084d31892d9904cc5328d6b4958ea57b90ae4b4f94ae69a8d';

const SUITE = 'bookworm';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';

const FOLDER = join(OUTPUT, `mbedtls-${MBEDTLS_VERSION}`);

export function hasMbedTlsSources() {
  return existsSync(FOLDER);
}

/**
 * Returns the folder of mbedTLS's sources. apt fetches them with lists and caches of its own below build/, which
 * takes no privilege and leaves the machine's alone: it checks the archive's signature, and by that the files.
 */
export async function fetchMbedTls() {
  if (hasMbedTlsSources()) return FOLDER;
  if (!(await has('apt-get')) || !existsSync(KEYRING)) {
    throw new SetupError(`no mbedTLS sources: this needs apt and ${KEYRING}, as Debian and Ubuntu have them`);
  }
  say(`fetching mbedTLS (Debian's ${PACKAGE})`);
  const download = join(OUTPUT, 'download/mbedtls');
  await patiently('fetching mbedTLS', fetchPackage(download));
  verify(join(download, TARBALL));
  await unpack(join(download, TARBALL));
  return FOLDER;
}

async function fetchPackage(folder) {
  const settings = prepare(folder, await mirror());
  const aptGet = (...args) => run('apt-get', [...settings, ...args], { cwd: folder });
  await aptGet('update')
    .then(() => aptGet('source', '--download-only', PACKAGE))
    .catch((error) => {
      throw new SetupError(`cannot fetch ${PACKAGE}: ${error.message}; check the network and run again`);
    });
}

/** Makes apt's folders. Returns the arguments that keep it to them. */
function prepare(folder, uri) {
  for (const part of ['lists/partial', 'archives/partial'])
    mkdirSync(join(folder, part), { recursive: true });
  const list = join(folder, 'sources.list');
  writeFileSync(list, `deb-src [signed-by=${KEYRING}] ${uri} ${SUITE} main\n`);
  const settings = {
    'Dir::Etc::SourceList': list,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::Cache': folder,
    // Without it apt warns that its own user cannot write here.
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** The machine's own mirror of this suite, where it has one. */
async function mirror() {
  const filter = ['Created-By: Packages', 'Label: Debian', `Codename: ${SUITE}`];
  const uris = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filter]).catch(() => '');
  return uris.split('\n')[0] || DEFAULT_MIRROR;
}

/** apt has verified where it comes from; this is whether it is the one that the figures were measured with. */
function verify(tarball) {
  if (createHash('sha256').update(readFileSync(tarball)).digest('hex') === SHA256) return;
  rmSync(tarball);
  throw new SetupError(`${PACKAGE} is not the file this project was made with; nothing was unpacked`);
}

/** Unpacks beside the final place, so that a folder that is there is whole. */
async function unpack(tarball) {
  const partial = `${FOLDER}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', partial, '--strip-components=1']);
  renameSync(partial, FOLDER);
}
