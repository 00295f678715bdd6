// SPDX-License-Identifier: Apache-2.0

import { parseArgs } from 'node:util';
import { Algorithm, algorithmParameters } from '../../src/crypto/algorithms.ts';
import { ATTACKS } from './attacks/table.ts';
import { npmOptions } from './npm-options.ts';
import { EVIDENCE, type EvidenceName } from './scenario/ims/evidence.ts';
import { SCENARIOS, type ScenarioRow } from './scenario/table.ts';
import { UsageError } from './usage-error.ts';

/** Where PNEs of the simulator can run. */
const BOARDS: readonly string[] = Object.freeze(['linux', 'qemu-rv32']);

/** How they may reach the gateway. */
const LINKS = Object.freeze(['ble', 'stream'] as const);

export type LinkName = (typeof LINKS)[number];

/** Milliseconds: its PNEs send for as long as it takes. */
const TOLD_INTERVAL = '20';

/** Each is a process, or an emulator. */
export const MAX_PNES = 64;

export interface Options {
  /** A path, '-' for standard input, or undefined for the sample file. */
  readonly input: string | undefined;
  /** What stands between cells of CSV; undefined finds it out. */
  readonly delimiter: string | undefined;
  /** Where received readings go: a path, '-' for standard output, or undefined for nowhere. */
  readonly output: string | undefined;
  readonly pnes: number;
  /** Names of boards, at least one. */
  readonly boardNames: readonly string[];
  readonly link: LinkName;
  readonly once: boolean;
  readonly intervalMs: number;
  /** COSE number of an AEAD. */
  readonly algorithm: number | undefined;
  /** Names of attacks to launch, in this order. */
  readonly attacks: readonly string[];
  readonly scenario: ScenarioRow | undefined;
  /** Evidence that is to be missing in it. */
  readonly without: EvidenceName | undefined;
  readonly json: boolean;
  /** The port of the page, `usual` for that which is known if it is free, or undefined for no page. */
  readonly page: number | 'usual' | undefined;
  readonly help: boolean;
  /** What to tell the user about the command line. */
  readonly note: string | undefined;
}

/** In usage.txt. */
const KNOWN = Object.freeze({
  input: { type: 'string' },
  delimiter: { type: 'string' },
  output: { type: 'string' },
  pnes: { type: 'string' },
  board: { type: 'string' },
  link: { type: 'string' },
  once: { type: 'boolean' },
  interval: { type: 'string' },
  algorithm: { type: 'string' },
  attack: { type: 'string' },
  scenario: { type: 'string' },
  without: { type: 'string' },
  json: { type: 'boolean' },
  page: { type: 'string' },
  'no-page': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const);

/** `environment` holds what npm took of the command line. Throws a UsageError. */
export function parseOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Options {
  const { args: taken, note } = npmOptions(environment, KNOWN);
  const values = parseValues([...taken, ...args]);
  const once = values.once ?? false;
  const attacks = values.attack === undefined ? [] : attacksNamed(values.attack);
  const scenario = values.scenario === undefined ? undefined : scenarioNamed(values.scenario);
  checkTogether(values, attacks);
  if (scenario !== undefined) checkScenario(scenario, values);
  return {
    input: values.input,
    delimiter: values.delimiter === undefined ? undefined : delimiterNamed(values.delimiter),
    output: values.output,
    pnes: wholeNumber('--pnes', values.pnes ?? '3', scenario?.leastPnes ?? 1, MAX_PNES),
    boardNames: boardNames(values.board ?? 'linux'),
    link: oneOf('--link', values.link ?? scenario?.link ?? 'ble', LINKS),
    once,
    intervalMs: intervalOf(values, attacks, scenario),
    algorithm: values.algorithm === undefined ? undefined : algorithmNamed(values.algorithm),
    attacks,
    scenario,
    without: optional('--without', values.without, EVIDENCE),
    json: values.json ?? false,
    page: pageOf(values),
    help: values.help ?? false,
    note,
  };
}

/** Options that make no sense beside each other. */
function checkTogether(values: ReturnType<typeof parseValues>, attacks: readonly string[]): void {
  if (attacks.length > 0 && values.input !== undefined)
    throw new UsageError('--attack does not go with --input: it takes readings for as long as attacks last');
  if (values.json && values.output === '-')
    throw new UsageError('--json and --output - both take standard output: give --output a file');
  if (values.without !== undefined && values.scenario === undefined)
    throw new UsageError('--without takes evidence from a --scenario: name one');
}

function checkScenario({ name, link, refuses }: ScenarioRow, values: ReturnType<typeof parseValues>): void {
  const wrong = refuses.find((option) => option in values);
  if (wrong !== undefined) throw new UsageError(`--scenario ${name} does not go with --${wrong}`);
  if (values.link !== undefined && values.link !== link)
    throw new UsageError(`--scenario ${name} has PNEs reach their gateway by --link ${link} alone`);
}

/** A run that ends by itself, or tells a script of itself, has a page where one is asked for. */
function pageOf({ page, json, once, 'no-page': none }: ReturnType<typeof parseValues>): Options['page'] {
  if (page !== undefined && (json || none))
    throw new UsageError(`--page does not go with --${json ? 'json' : 'no-page'}`);
  if (page !== undefined) return wholeNumber('--page', page, 1, 65_535);
  return json || once || none ? undefined : 'usual';
}

function parseValues(args: readonly string[]) {
  try {
    return parseArgs({ args: joinValues(args), options: KNOWN }).values;
  } catch (error) {
    throw new UsageError(`${plainly(error)} (npm start -- --help lists the options)`);
  }
}

/** `--pnes -1` is a value to refuse, not an option: `parseArgs` cannot tell them apart. */
function joinValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = Object.entries(KNOWN).find(([name]) => `--${name}` === joined.at(-1));
    if (option?.[1].type === 'string' && !arg.startsWith('--')) joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

/** The first sentence of what `parseArgs` says: the rest is about programs. */
function plainly(error: unknown): string {
  const [first = ''] = (error as Error).message.split(/\n|\. /);
  return first.replace(/ <value>/, '').replace(/^Option '(.*)' argument missing$/, '$1 takes a value');
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not '${text}'`);
}

function delimiterNamed(text: string): string {
  if (text === 'tab' || text === '\\t') return '\t';
  if (text.length === 1 && !'"\r\n'.includes(text)) return text;
  throw new UsageError(`--delimiter takes one character other than a quote, or tab; not '${text}'`);
}

function boardNames(text: string): string[] {
  const names = text.split(',');
  const unknown = names.find((name) => !BOARDS.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--board takes names of ${BOARDS.join(', ')}; not '${unknown}'`);
}

function optional<Name extends string>(option: string, text: string | undefined, names: readonly Name[]) {
  return text === undefined ? undefined : oneOf(option, text, names);
}

function oneOf<Name extends string>(option: string, text: string, names: readonly Name[]): Name {
  const name = names.find((known) => known === text);
  if (name !== undefined) return name;
  throw new UsageError(`${option} takes one of ${names.join(', ')}; not '${text}'`);
}

function intervalOf(
  { interval, once }: ReturnType<typeof parseValues>,
  attacks: readonly string[],
  scenario: ScenarioRow | undefined,
): number {
  const isTold = scenario?.tell !== undefined;
  const usual = isTold ? TOLD_INTERVAL : attacks.length > 0 ? '100' : once ? '0' : '1000';
  return wholeNumber('--interval', interval ?? usual, isTold ? 1 : 0, 86_400_000);
}

function scenarioNamed(text: string): ScenarioRow {
  const row = SCENARIOS.find(({ name }) => name === text);
  if (row !== undefined) return row;
  const names = SCENARIOS.map(({ name }) => name).join(', ');
  throw new UsageError(`--scenario takes one of ${names}; not '${text}'`);
}

function attacksNamed(text: string): string[] {
  const known = ATTACKS.map(({ name }) => name);
  if (text === 'all') return known;
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--attack takes all, or names of ${known.join(', ')}; not '${unknown}'`);
}

function algorithmNamed(name: string): number {
  const aeads = Object.values(Algorithm).filter((number) => algorithmParameters(number)?.kind === 'aead');
  const found = aeads.find((number) => algorithmParameters(number)?.name === name);
  if (found !== undefined) return found;
  const names = aeads.map((number) => algorithmParameters(number)?.name).join(', ');
  throw new UsageError(`--algorithm takes one of ${names}; not '${name}'`);
}
