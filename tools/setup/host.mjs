// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import {
  OUTPUT,
  patiently,
  ROOT,
  readStamp,
  requireWritable,
  run,
  SetupError,
  say,
  writeStamp,
} from './run.mjs';

/**
 * Builds boards/linux with an engine; make decides what is out of date. Returns what host.json holds: whether
 * the host has native cryptography is make's decision too.
 */
export async function buildHost({ major, folder }) {
  const output = join(OUTPUT, 'linux', `xs${major}-${fingerprint(folder)}`);
  mkdirSync(output, { recursive: true });
  const args = makeArguments('boards/linux', folder, output);
  const total = await stepsToDo(args);
  if (total > 0) await compile(args, total, major);
  const host = join(output, 'pne-host');
  const version = (await run(host, ['--version'])).trim();
  const native = (await run('make', ['-s', ...args, 'native'])).trim() === '1';
  const built = { engine: { name: 'XS', version }, sources: folder, host, native };
  const text = JSON.stringify(built);
  if (readStamp('host.json') !== text) writeStamp('host.json', text);
  return built;
}

/** Arguments of make for a board. Paths are relative to its folder: make takes a blank in one for the end of it. */
export function makeArguments(board, engine, output) {
  return ['-C', board, `XS=${makePath(board, engine)}`, `OUT=${makePath(board, output)}`];
}

/** A path as make takes it in the folder of a board. One outside of the checkout, as of an SDK, stays as it is. */
export function makePath(board, path) {
  return path.startsWith(ROOT) ? relative(join(ROOT, board), path) : path;
}

/**
 * Keeps what different copies of an engine were compiled to apart: make compares only times. One in the checkout is
 * told by its place in it, as make is (makePath).
 */
export function fingerprint(folder) {
  return createHash('sha256').update(makePath('.', folder)).digest('hex').slice(0, 8);
}

async function stepsToDo(args) {
  const plan = await run('make', ['-n', ...args]).catch(fail);
  return plan.split('\n').filter((line) => /^echo /.test(line)).length;
}

async function compile(args, total, major) {
  let done = 0;
  requireWritable();
  say(`building the XS ${major} host: ${total} steps`);
  const onLine = () => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\rsetup: ${done} of ${total} `);
  };
  const make = run('make', [`-j${availableParallelism()}`, ...args], { onLine });
  await (process.stderr.isTTY ? make : patiently('building', make)).catch(fail);
  if (process.stderr.isTTY) process.stderr.write('\n');
}

function fail(error) {
  throw new SetupError(`the XS host does not build: ${error.message}; remove build/ and run again`);
}
