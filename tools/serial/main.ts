// SPDX-License-Identifier: Apache-2.0

/** `npm run serial`: exit status 0 where all readings arrived once, 1 where not, 2 where it could not run. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../chaos/random.ts';
import { openBoard, setUpBoards } from '../simulator/boards.ts';
import { parseOrExit } from '../simulator/parse-or-exit.ts';
import { openScratch } from '../simulator/scratch.ts';
import { runSerial, type SerialResult } from './run.ts';
import { problemOf } from './verdict.ts';

const USAGE = `usage: npm run serial -- [options]
  --readings N  over the serial line of the qemu-rv32 board, 1 to 10000000 (default 10000)
  --seed N      of what the line does, 0 to 4294967295 (default 1)
  --json        one JSON document on standard output, at the end
  --help        this text`;

const BOARD = 'qemu-rv32';
const PROGRESS_EVERY = 1000;

function parse() {
  const { values } = parseArgs({
    options: {
      readings: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'readings' | 'seed', least: number, most: number) => {
    const value = Number(values[name]);
    if (/^\d{1,10}$/.test(values[name]) && value >= least && value <= most) return value;
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not '${values[name]}'`);
  };
  return { ...values, readings: number('readings', 1, 10_000_000), seed: number('seed', 0, 0xffffffff) };
}

async function main({ readings, seed, json, help }: ReturnType<typeof parse>): Promise<number> {
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (setUpBoards([BOARD]) !== 0) return 2;
  const random = new Random(seed);
  const scratch = openScratch();
  try {
    const result = await runSerial({
      board: await openBoard(BOARD),
      folder: join(scratch.folder, 'pne'),
      readings,
      random: () => random.word() / 2 ** 32,
      onReading(arrived): void {
        if (arrived % PROGRESS_EVERY === 0) console.error(`${arrived} of ${readings} readings`);
      },
    });
    const problem = problemOf(result, readings);
    console.log(
      json ? JSON.stringify({ ok: problem === undefined, seed, ...result }, null, 2) : inWords(result),
    );
    if (problem !== undefined) console.error(problem);
    return problem === undefined ? 0 : 1;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  } finally {
    scratch.remove();
  }
}

function inWords({ arrived, up, down, seconds, longestPauseMs, heapBytes }: SerialResult): string {
  return (
    `${arrived} readings in ${seconds.toFixed(1)} s, at most ${Math.round(longestPauseMs)} ms from one to the next; ` +
    `${up.bytes} bytes up in ${up.bursts} bursts, ${down.bytes} down in ${down.bursts}; ` +
    `heap ${heapBytes.early} bytes at most in the first quarter, ${heapBytes.late} after it`
  );
}

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exit(await main(parseOrExit(parse)));
