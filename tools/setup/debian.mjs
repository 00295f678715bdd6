// SPDX-License-Identifier: Apache-2.0

import { has, readStamp, run, SetupError, say, writeStamp } from './run.mjs';

/** What the build cannot do without, and the package that brings it. */
const REQUIRED = Object.freeze({ cc: 'gcc libc6-dev', make: 'make' });
const STAMP = 'stamps/debian';

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

/** Installs packages where this user may; else ends with the line to type. */
export async function install(packages) {
  const line = installLine(packages);
  const [command, ...prefix] = await privilege();
  if (command === undefined) throw new SetupError(`${packages.join(', ')} missing; type: sudo ${line}`);
  say(`installing ${packages.join(', ')}`);
  const aptGet = (...args) => run(command, [...prefix, ...args]);
  await aptGet('apt-get', 'update')
    .then(() => aptGet(...line.split(' ')))
    .catch((error) => {
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
