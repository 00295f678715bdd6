// SPDX-License-Identifier: Apache-2.0

import { has, patiently, readStamp, run, SetupError, say, writeStamp } from './run.mjs';

/** What the build cannot do without, and the package that brings it. */
const REQUIRED = Object.freeze({ cc: 'gcc libc6-dev', make: 'make' });
const STAMP = 'stamps/debian';

/** What the host's native cryptography is built with. Without it the PNE computes in JavaScript. */
const MBEDTLS = 'libmbedtls-dev';
const MBEDTLS_STAMP = 'stamps/mbedtls';

/** Installs missing compilers where it may; else ends with the line to type. */
export async function installDebianPackages() {
  if (readStamp(STAMP) === 'there') return;
  const missing = [];
  for (const [command, packages] of Object.entries(REQUIRED)) {
    if (!(await has(command))) missing.push(...packages.split(' '));
  }
  if (missing.length > 0) await install(missing);
  writeStamp(STAMP, 'there');
}

/** Installs mbedTLS where it is missing and this may; tries once. */
export async function installMbedTls() {
  if ((await hasPsa()) || readStamp(MBEDTLS_STAMP) !== undefined) return;
  writeStamp(MBEDTLS_STAMP, 'tried');
  if ((await privilege()).length > 0) await install([MBEDTLS]).catch(() => {});
}

/** The line to type where the host was built without it. */
export function askForMbedTls() {
  say(
    `no native cryptography, the PNE computes in JavaScript; to have it type: sudo ${installLine([MBEDTLS])}`,
  );
}

function hasPsa() {
  return has('cc', ['-E', '-include', 'psa/crypto.h', '-x', 'c', '/dev/null']);
}

/** Installs packages where this user may; else ends with the line to type. */
export async function install(packages) {
  const line = installLine(packages);
  const [command, ...prefix] = await privilege();
  if (command === undefined) throw new SetupError(`${packages.join(', ')} missing; type: sudo ${line}`);
  say(`installing ${packages.join(', ')}`);
  const aptGet = (...args) => run(command, [...prefix, ...args]);
  const work = aptGet('apt-get', 'update').then(() => aptGet(...line.split(' ')));
  await patiently('installing', work).catch((error) => {
    throw new SetupError(`cannot install ${packages.join(', ')}: ${error.message}; type: sudo ${line}`);
  });
}

export function installLine(packages) {
  return `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/** How this user may install packages, as the start of a command; empty where it may not. */
async function privilege() {
  if (!(await has('apt-get'))) return [];
  if (process.getuid() === 0) return ['env', 'DEBIAN_FRONTEND=noninteractive'];
  if (await has('sudo', ['-n', 'true'])) return ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive'];
  return [];
}
