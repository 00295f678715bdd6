// SPDX-License-Identifier: Apache-2.0

/** `npm run bench`: records and cryptography per provider, on Node and in XS. */
import { parseArgs } from 'node:util';
import { measureAll, type Place } from './runs.ts';
import { formatTable } from './table.ts';

const USAGE = `usage: npm run bench -- [options]
  --ops TEXT   measure only the operations whose name contains TEXT: seal, record, ccm, ...
  --json       one JSON document on standard output: { "rows": [...] }
  --help       this text`;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { ops: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const rows = await measureAll(values.ops ?? '', showProgress);
  if (rows.length === 0) throw new Error(`no operation has '${values.ops}' in its name`);
  console.log(values.json ? JSON.stringify({ rows }, null, 2) : formatTable(rows));
  return 0;
}

/** One line that is written over on a terminal, else one line a place. */
function showProgress({ provider, engine }: Place, done: number, total: number): void {
  const line = `${provider} on ${engine}: ${done} of ${total}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${done === total ? '\n' : ''}`);
  else if (done === total) process.stderr.write(`${line}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${(error as Error).message} (npm run bench -- --help lists the options)`);
  process.exitCode = 2;
}
