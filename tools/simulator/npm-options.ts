// SPDX-License-Identifier: Apache-2.0

/** Options that stand without `--` in front of them: npm takes them for its own, and leaves them in the environment. */
import { UsageError } from './usage-error.ts';

interface NpmOptions {
  /** As they would have come. */
  readonly args: readonly string[];
  /** What to tell the user; undefined where npm took none. */
  readonly note?: string;
}

/**
 * `known`: our options, by name, and whether each takes a value. npm parts an option from a value behind a blank:
 * which belonged to which is not told, so that those are refused with a UsageError.
 */
export function npmOptions(
  environment: Readonly<Record<string, string | undefined>>,
  known: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>,
): NpmOptions {
  if (environment.npm_lifecycle_event !== 'start') return { args: [] };
  const args: string[] = [];
  for (const [name, { type }] of Object.entries(known)) {
    const value = environment[`npm_config_${name}`];
    if (value === undefined || value === '') continue;
    if (type === 'string' && value === 'true')
      throw new UsageError(`npm took --${name} for itself: write npm start -- --${name} ...`);
    args.push(type === 'boolean' ? `--${name}` : `--${name}=${value}`);
  }
  if (args.length === 0) return { args };
  return {
    args,
    note: `npm took ${args.join(' ')} for itself; write npm start -- ${args.join(' ')}. Done all the same`,
  };
}
