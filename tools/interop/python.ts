// SPDX-License-Identifier: Apache-2.0

/** The Python side: a venv under build/ with the packages of requirements.txt and no others. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUTPUT } from '../build/bundle.ts';

/** What the user can mend, in one line. */
export class SetupError extends Error {}

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const FOLDER = join(OUTPUT, 'interop');
const VENV = join(FOLDER, 'venv');
const PYTHON = join(VENV, 'bin/python');
/** What is installed, once all of it is. */
const STAMP = join(FOLDER, 'installed.txt');
const APT = ['apt-get', 'install', '-y', '--no-install-recommends', 'python3', 'python3-venv'];

/** Returns the interpreter, installing what is missing. Quick when nothing is. */
export function setUpPython(): string {
  const requirements = readFileSync(REQUIREMENTS, 'utf8');
  if (readStamp() === requirements && succeeds(PYTHON, ['-c', ''])) return PYTHON;
  rmSync(FOLDER, { recursive: true, force: true });
  createVenv();
  say(`installing ${requirements.trim().split('\n').join(', ')}`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  if (!succeeds(PYTHON, [...pip, '--requirement', REQUIREMENTS])) {
    throw new SetupError('cannot install from PyPI; check the network and run the command again');
  }
  writeFileSync(STAMP, requirements);
  return PYTHON;
}

function createVenv(): void {
  const create = () => succeeds('python3', ['-m', 'venv', '--clear', VENV]);
  say('creating a Python environment');
  if (create()) return;
  if (process.getuid?.() === 0) {
    say('installing python3, python3-venv');
    succeeds('apt-get', ['update', '-qq']);
    succeeds(APT[0]!, [...APT.slice(1), '-qq']);
    if (create()) return;
  }
  throw new SetupError(`python3 with venv is missing; type: sudo ${APT.join(' ')}`);
}

/** Both streams go to stderr: stdout is the report's. */
function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status === 0;
}

function readStamp(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}

function say(line: string): void {
  process.stderr.write(`interop: ${line}\n`);
}
