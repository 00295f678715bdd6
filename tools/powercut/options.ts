// SPDX-License-Identifier: Apache-2.0

import { parseArgs } from 'node:util';
import { UsageError, wholeNumber } from '../chaos/options.ts';
import { SCENARIOS } from './scenarios.ts';

const NAMES = SCENARIOS.map(({ name }) => name);

export const USAGE = `usage: npm run powercut -- [options]
  --points N       rounds until so many cuts are made, 1 to 100000000 (default 100000)
  --seed FIRST     seed of the first round, 0 to 4294967295 (default 1)
  --scenario NAME  that one alone: ${NAMES.join(', ')}
  --json           one JSON document on standard output, at the end
  --help           this text`;

export interface Options {
  readonly points: number;
  readonly first: number;
  /** undefined: all of them. */
  readonly scenario: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

const MAX_POINTS = 100_000_000;
const MAX_SEED = 0xffffffff;

export function parseOptions(args: readonly string[]): Options {
  const { points = '100000', seed = '1', scenario, json = false, help = false } = parseValues(args);
  if (scenario !== undefined && !NAMES.includes(scenario))
    throw new UsageError(`--scenario takes one of ${NAMES.join(', ')}, not '${scenario}'`);
  return {
    points: wholeNumber('--points', points, 1, MAX_POINTS),
    first: wholeNumber('--seed', seed, 0, MAX_SEED),
    scenario,
    json,
    help,
  };
}

function parseValues(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        points: { type: 'string' },
        seed: { type: 'string' },
        scenario: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    const [firstLine] = (error as Error).message.split('\n');
    throw new UsageError(`${firstLine} (npm run powercut -- --help lists the options)`);
  }
}
