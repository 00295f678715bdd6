// SPDX-License-Identifier: Apache-2.0

/** `npm run starts`: how long each program takes to start. Exit status 1 where one does not, 2 on misuse. */
import { parseArgs } from 'node:util';
import { parseOrExit } from '../simulator/parse-or-exit.ts';
import { openScratch } from '../simulator/scratch.ts';
import { measureStarts, PROGRAMS } from './starts.ts';

const USAGE = `usage: npm run starts -- [options]
  --devices N      that the server knows, 0 to 100000 (default 0)
  --rounds N       starts of each program, 1 to 100 (default 5)
  --program NAME   the only one: server, gateway, http, bridge, 'admin list'
  --json           one JSON document on standard output
  --help           this text`;

function parse() {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '0' },
      rounds: { type: 'string', default: '5' },
      program: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'devices' | 'rounds', least: number, most: number) => {
    const value = Number(values[name]);
    if (/^\d{1,6}$/.test(values[name]) && value >= least && value <= most) return value;
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not '${values[name]}'`);
  };
  const { program } = values;
  if (program !== undefined && !(PROGRAMS as readonly string[]).includes(program))
    throw new Error(`--program takes one of ${PROGRAMS.join(', ')}, not '${program}'`);
  return { ...values, devices: number('devices', 0, 100_000), rounds: number('rounds', 1, 100) };
}

const { json, help, devices, rounds, program } = parseOrExit(parse);
if (help) {
  console.log(USAGE);
  process.exit(0);
}
const scratch = openScratch();
const rows = await measureStarts({
  folder: scratch.folder,
  devices,
  rounds,
  ...(program !== undefined && { program }),
});
if (json) console.log(JSON.stringify({ rows }, null, 2));
else
  for (const { program: name, devices: known, medianMs } of rows)
    console.log(`${name}${known > 0 ? `, ${known} devices` : ''}: ${medianMs} ms`);
scratch.remove();
