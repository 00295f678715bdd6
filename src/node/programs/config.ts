// SPDX-License-Identifier: Apache-2.0

/**
 * What a program was told: by its command line, else by environment variables (`PNE_RUNTIME_` and the option's name),
 * else by a file of JSON (`{ "listen": "0.0.0.0:8750" }`), else by its defaults.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface OptionSpec {
  /** '': it may be left out. */
  readonly fallback: string;
  /** Its value where it is given without one. */
  readonly bare?: string;
  /** It takes no value on the command line: 'yes' stands for that it is given, and '' for that it is not. */
  readonly isFlag?: boolean;
  /** Its value is not repeated in a message. */
  readonly isSecret?: boolean;
  /** Throws what is wrong with a value. */
  check?(value: string): void;
}

export type Values<Name extends string> = Readonly<Record<Name, string>>;

export interface Config<Name extends string> {
  readonly values: Values<Name>;
  readonly positionals: readonly string[];
}

/** What the user can put right; its message says how. */
export class UsageError extends Error {}

export function readConfig<Name extends string>(
  specs: Readonly<Record<Name, OptionSpec>>,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Config<Name> {
  const names = Object.keys(specs) as Name[];
  const given = parse(specs, args);
  const variable = (name: string) => environment[`PNE_RUNTIME_${name.toUpperCase().replaceAll('-', '_')}`];
  const path = given.values.config ?? variable('config');
  const file = path === undefined ? {} : readFile(path, names);
  const chosen = (name: Name): string => {
    const value = given.values[name] ?? variable(name) ?? file[name] ?? specs[name].fallback;
    if (value !== '') check(name, value, specs[name]);
    return value;
  };
  const values = Object.fromEntries(names.map((name) => [name, chosen(name)])) as Values<Name>;
  return { values, positionals: given.positionals };
}

/** `HOST:PORT`, with brackets around an IPv6 address. */
export function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 0xffff) throw new Error('takes HOST:PORT');
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

export function checkServerUrl(text: string): void {
  if (!/^wss?:\/\/./.test(text) || !URL.canParse(text)) throw new Error('takes a ws: or wss: URL');
}

export function checkWholeNumber(text: string): void {
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new Error('takes a whole number above 0');
}

/** The port of a page on loopback. */
export function pageOption(bare: string): OptionSpec {
  return Object.freeze({
    fallback: '',
    bare,
    check(text: string): void {
      if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 0xffff)
        throw new Error('takes a port from 1 to 65535, or nothing');
    },
  });
}

/** A store in a database: the URL may have a password in it. */
export const DATABASE: OptionSpec = Object.freeze({
  fallback: '',
  isSecret: true,
  check(text: string): void {
    if (!/^postgres(ql)?:\/\/./.test(text)) throw new Error('takes a postgres: URL');
  },
});

export function checkOneOf(...known: readonly string[]): (text: string) => void {
  return (text) => {
    if (!known.includes(text)) throw new Error(`takes one of ${known.join(', ')}`);
  };
}

function parse(specs: Readonly<Record<string, OptionSpec>>, args: readonly string[]) {
  const typeOf = (name: string) => (specs[name]?.isFlag ? ('boolean' as const) : ('string' as const));
  const names = [...Object.keys(specs), 'config'];
  const options = Object.fromEntries(names.map((name) => [name, { type: typeOf(name) }]));
  try {
    const { values, positionals } = parseArgs({
      args: withBareValues(specs, args),
      options,
      allowPositionals: true,
    });
    const texts = Object.entries(values).map(([name, value]) => [name, value === true ? 'yes' : value]);
    return {
      values: Object.fromEntries(texts) as Readonly<Record<string, string | undefined>>,
      positionals,
    };
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

/** `--page` before another option, or at the end, is `--page=8752`. */
function withBareValues(specs: Readonly<Record<string, OptionSpec>>, args: readonly string[]): string[] {
  return args.map((arg, at) => {
    const bare = arg.startsWith('--') ? specs[arg.slice(2)]?.bare : undefined;
    const next = args[at + 1];
    return bare !== undefined && (next === undefined || next.startsWith('-')) ? `${arg}=${bare}` : arg;
  });
}

function readFile(path: string, names: readonly string[]): Readonly<Record<string, string>> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be used: ${(error as Error).message}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new UsageError(`${path} holds no JSON object`);
  for (const [name, value] of Object.entries(content)) {
    if (!names.includes(name)) throw new UsageError(`${path}: no option is called ${name}`);
    if (typeof value !== 'string') throw new UsageError(`${path}: ${name} takes a text, in quotes`);
  }
  return content as Record<string, string>;
}

function check(name: string, value: string, spec: OptionSpec): void {
  try {
    spec.check?.(value);
  } catch (error) {
    const not = spec.isSecret ? '' : `, not '${value}'`;
    throw new UsageError(`--${name} ${(error as Error).message}${not}`);
  }
}
