// SPDX-License-Identifier: Apache-2.0

/** What `npm run load` was told. Throws what is wrong in one line. */
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run load -- [options]
  --pnes N      PNEs, behind a gateway for each hundred, 1 to 4000 (default 2000)
  --seconds S   for which they send, 1 to 86400 (default 60); connecting and the end take more
  --store WHERE lmdb (default), memory, or postgres://USER:PASSWORD@HOST/DATABASE, empty
  --seed N      of the moments of kills, 0 to 4294967295 (default 1)
  --json        one JSON document on standard output, at the end
  --help        this text`;

export interface LoadCommand {
  readonly pnes: number;
  readonly seconds: number;
  readonly store: string;
  readonly seed: number;
  readonly json: boolean;
  readonly help: boolean;
}

const STORES = /^(lmdb|memory|postgres(ql)?:\/\/.+)$/;

export function parseOptions(args: readonly string[]): LoadCommand {
  const { values } = parse(args);
  // A URL may have a password in it.
  if (!STORES.test(values.store)) throw new Error('--store takes lmdb, memory or a postgres: URL');
  return {
    pnes: wholeNumber('--pnes', values.pnes, 1, 4000),
    seconds: wholeNumber('--seconds', values.seconds, 1, 86_400),
    store: values.store,
    seed: wholeNumber('--seed', values.seed, 0, 0xffffffff),
    json: values.json,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        pnes: { type: 'string', default: '2000' },
        seconds: { type: 'string', default: '60' },
        store: { type: 'string', default: 'lmdb' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error((error as Error).message.split(/\.\s/)[0]);
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`${name} takes a whole number from ${least} to ${most}, not '${text}'`);
}
