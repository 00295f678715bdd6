// SPDX-License-Identifier: Apache-2.0

/** `npm run bench`: records, cryptography, CBOR, handshakes per provider; tables, comparisons, plots. */
import { parseArgs } from 'node:util';
import { type BenchBoard, boardAtPort, boardsNamed } from './boards.ts';
import { compare, formatComparison } from './compare.ts';
import { savePlots } from './plots/save.ts';
import { judgeTargets } from './reach.ts';
import { type Results, readResults, savedResults, writeResults } from './results.ts';
import type { Place } from './rows.ts';
import { formatTables } from './table.ts';

const USAGE = `usage: npm run bench -- [options]
  --ops TEXT       measure only the operations whose name contains TEXT: seal, record, ccm, ...
  --board NAME     linux, which is this machine: Node and XS, in microseconds; qemu-rv32, in instructions; or all
  --port PATH      of a chip, as esp32c3: what pne-bench prints on this serial port, in cycles and microseconds
  --emulated NS    what is at the port is an emulator in which an instruction takes so many nanoseconds: 8 with QEMU's
                   -icount 3. Figures are instructions then
  --read FILE      take the figures from a file of results instead of measuring
  --compare FILE   say what is different from the results in FILE: a file of --save or --json
  --save           keep the results in tools/bench/results, and draw the plots there anew
  --plots          draw the plots anew from the results that are kept, and measure nothing
  --targets        measure what has a target, on this machine and on qemu-rv32, and say what meets its own
  --json           one JSON document on standard output: { ..., "rows": [...] }
  --help           this text`;

const OPTIONS = {
  ops: { type: 'string', default: '' },
  board: { type: 'string', default: 'linux' },
  port: { type: 'string' },
  emulated: { type: 'string' },
  read: { type: 'string' },
  compare: { type: 'string' },
  save: { type: 'boolean' },
  plots: { type: 'boolean' },
  targets: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) return say(USAGE);
  if (values.targets) return sayTargets();
  if (values.plots) return say(savePlots().join('\n'));
  return show(values);
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function show(values: Values): Promise<number> {
  if (values.save && (values.ops !== '' || values.read !== undefined)) {
    throw new Error('--save keeps whole results that were measured now: leave out --ops and --read');
  }
  const old = values.compare === undefined ? undefined : readResults(values.compare);
  const all = values.read === undefined ? await measure(values) : [readResults(values.read)];
  if (values.save) for (const results of all) writeResults(savedResults(results.board), results);
  if (values.json) say(JSON.stringify(asOne(all), null, 2));
  else
    for (const results of all)
      say(old === undefined ? formatTables(results.rows) : formatComparison(compare(old, results)));
  if (values.save) process.stderr.write(`bench: kept, and drawn: ${savePlots().join(', ')}\n`);
  return 0;
}

async function measure({ board: name, port, emulated, ops }: Values): Promise<Results[]> {
  const all: Results[] = [];
  const boards = port === undefined ? boardsNamed(name) : [boardAtPort(name, port, readNs(emulated))];
  for (const board of boards) all.push(await measureOn(board, ops));
  return all;
}

function readNs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error('--emulated takes a whole number of nanoseconds');
  return Number(text);
}

async function measureOn(board: BenchBoard, ops: string): Promise<Results> {
  if (board.setUp() !== 0) throw new Error(`the board ${board.name} is not set up: the line above says why`);
  const rows = await board.measure(ops, showProgress);
  if (rows.length === 0) throw new Error(`no operation has '${ops}' in its name`);
  return { board: board.name, ...board.conditions(), rows };
}

/** Of several boards: the rows of all of them, and what those of each depend on. */
function asOne(all: readonly Results[]): object {
  if (all.length === 1) return all[0]!;
  return {
    boards: all.map(({ rows: _, ...conditions }) => conditions),
    rows: all.flatMap(({ rows }) => rows),
  };
}

/** One line that is written over on a terminal, else one line a place. */
function showProgress({ provider, engine }: Place, done: number, total: number): void {
  const line = `${provider} on ${engine}: ${done} of ${total}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${done === total ? '\n' : ''}`);
  else if (done === total) process.stderr.write(`${line}\n`);
}

/** Returns 1 where one is missed. */
async function sayTargets(): Promise<number> {
  const judged = await judgeTargets(showProgress);
  for (const { line, isMet } of judged) say(`${isMet ? 'met   ' : 'MISSED'}  ${line}`);
  return judged.every(({ isMet }) => isMet) ? 0 : 1;
}

function say(text: string): 0 {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${(error as Error).message} (npm run bench -- --help lists the options)`);
  process.exitCode = 2;
}
