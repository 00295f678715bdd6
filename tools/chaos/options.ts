// SPDX-License-Identifier: Apache-2.0

import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run chaos -- [options]
  --seeds N     how many runs, 1 to 1000000 (default 200)
  --seed FIRST  seed of the first run, 0 to 4294967295 (default 1)
  --loss P      probability that a message is lost, 0 to 0.5, on all links (default: the seed says)
  --xs          everybody runs inside XS, with the native cryptography of a device (default: in Node)
  --json        one JSON document on standard output, at the end
  --help        this text`;

export interface Options {
  readonly seeds: number;
  readonly first: number;
  /** undefined leaves it to the seeds. */
  readonly loss: number | undefined;
  readonly xs: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** An error of the user's own making: shown in one line, exit status 2. */
export class UsageError extends Error {}

const MAX_SEEDS = 1_000_000;
const MAX_SEED = 0xffffffff;
/** With more nothing settles in the time that the limits imply. */
const MAX_LOSS = 0.5;

export function parseOptions(args: readonly string[]): Options {
  const values = parseValues(args);
  const { seeds = '200', seed = '1', loss } = values;
  return {
    seeds: wholeNumber('--seeds', seeds, 1, MAX_SEEDS),
    first: wholeNumber('--seed', seed, 0, MAX_SEED),
    loss: loss === undefined ? undefined : probability('--loss', loss),
    xs: values.xs ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function parseValues(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        loss: { type: 'string' },
        xs: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    const [firstLine] = (error as Error).message.split('\n');
    throw new UsageError(`${firstLine} (npm run chaos -- --help lists the options)`);
  }
}

export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not '${text}'`);
}

function probability(option: string, text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value <= MAX_LOSS) return value;
  throw new UsageError(`${option} takes a number from 0 to ${MAX_LOSS}, not '${text}'`);
}
