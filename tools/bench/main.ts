// SPDX-License-Identifier: Apache-2.0

/** `npm run bench`: records and cryptography per provider, on Node and in XS. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ROOT } from '../build/bundle.ts';
import type { BenchRow, OnProgress, Place } from './rows.ts';
import { measureAll } from './runs.ts';
import { measureOnRv32, rv32Conditions } from './rv32.ts';
import { formatTable } from './table.ts';

const USAGE = `usage: npm run bench -- [options]
  --ops TEXT   measure only the operations whose name contains TEXT: seal, record, ccm, ...
  --board NAME linux, which is this machine: Node and XS, in microseconds; or qemu-rv32, in instructions
  --json       one JSON document on standard output: { "rows": [...] }
  --help       this text`;

interface Board {
  /** Returns an exit status. */
  setUp(): number;
  measure(ops: string, onProgress: OnProgress): Promise<BenchRow[]>;
  /** What figures that hold still depend on. */
  conditions(): object;
}

const boards: ReadonlyMap<string, Board> = new Map([
  ['linux', { setUp: () => 0, measure: measureAll, conditions: () => ({}) }],
  ['qemu-rv32', { setUp: setUpRv32, measure: measureOnRv32, conditions: rv32Conditions }],
]);

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      ops: { type: 'string' },
      board: { type: 'string', default: 'linux' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const board = boards.get(values.board);
  if (board === undefined) throw new Error(`no board '${values.board}'`);
  const setupStatus = board.setUp();
  if (setupStatus !== 0) return setupStatus;
  const rows = await board.measure(values.ops ?? '', showProgress);
  if (rows.length === 0) throw new Error(`no operation has '${values.ops}' in its name`);
  console.log(values.json ? JSON.stringify({ ...board.conditions(), rows }, null, 2) : formatTable(rows));
  return 0;
}

/** Says itself what is missing. Returns its status. */
function setUpRv32(): number {
  const { status } = spawnSync('node', ['tools/setup/rv32.mjs'], { cwd: ROOT, stdio: 'inherit' });
  return status ?? 1;
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
