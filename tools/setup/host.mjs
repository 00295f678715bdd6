// SPDX-License-Identifier: Apache-2.0

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { OUTPUT, readStamp, run, SetupError, say, writeStamp } from './run.mjs';

/** Builds boards/linux with an engine; make decides what is out of date. */
export async function buildHost({ version, folder }) {
  const output = join(OUTPUT, 'linux', version);
  mkdirSync(output, { recursive: true });
  const args = ['-C', 'boards/linux', `XS=${folder}`, `OUT=${output}`];
  const total = await stepsToDo(args);
  if (total > 0) await compile(args, total, version);
  const built = JSON.stringify({ engine: { name: 'XS', version }, host: join(output, 'pne-host') });
  if (readStamp('host.json') !== built) writeStamp('host.json', built);
}

async function stepsToDo(args) {
  const plan = await run('make', ['-n', ...args]).catch(fail);
  return plan.split('\n').filter((line) => /^echo /.test(line)).length;
}

async function compile(args, total, version) {
  let done = 0;
  say(`building the XS ${version} host: ${total} steps`);
  const onLine = () => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\rsetup: ${done} of ${total} `);
  };
  await run('make', [`-j${availableParallelism()}`, ...args], { onLine }).catch(fail);
  if (process.stderr.isTTY) process.stderr.write('\n');
}

function fail(error) {
  throw new SetupError(`the XS host does not build: ${error.message}; remove build/ and run again`);
}
