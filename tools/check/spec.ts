// SPDX-License-Identifier: Apache-2.0

/** Whether the documents speak of what is there: paths, commands, the rows of SPEC.md. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const DOCUMENTS: readonly string[] = Object.freeze([
  'README.md',
  'ARCHITECTURE.md',
  'SPEC.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'boards/README.md',
  'tools/bench/README.md',
  'docs/boards.md',
  'docs/commands.md',
  'docs/figures.md',
  'docs/programs.md',
  'docs/scale.md',
  'docs/simulator.md',
  'docs/mqtt.md',
  'docs/http.md',
  'docs/library.md',
]);

/** What CPNS asks of every entity. Each has its row in SPEC.md. */
export const CPNS_IDS: readonly string[] = Object.freeze([
  'AUTHN-1',
  'AUTHN-2',
  'AUTHZ-1',
  'INT-1',
  'INT-2',
  'INT-3',
  'CONF-1',
  'CONF-2',
  'CONF-3',
  'KM-1',
]);

/** A row with one of the first three names code and a test, a row with another none. */
const CLAIMED = Object.freeze(['met', 'partial', 'local']);
const UNCLAIMED = Object.freeze(['missing', 'not used']);

/** A path of this checkout, wherever it stands: not the end of a longer path or of an address. */
const PATH = /(?<![\w./)-])(?:\.ci|boards|docs|firmware|manifests|src|tools)\/[\w./-]*\w/g;
const MACHINE_PATH = /(?<![\w./)-])\/(?:home|mnt|opt|private|root|tmp|usr|Users|var|work)\/\S*|\b[A-Z]:\\/;

/** What a checkout holds, so that a test can put another in its place. */
export interface Checkout {
  exists(path: string): boolean;
  /** Names of the scripts in package.json. */
  readonly scripts: readonly string[];
}

/** Returns a line for each thing that is wrong in this checkout's documents. */
export async function checkDocuments(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const checkout = { exists: (path: string) => existsSync(join(ROOT, path)), scripts: Object.keys(scripts) };
  const problems: string[] = [];
  for (const name of DOCUMENTS) {
    const text = await readFile(join(ROOT, name), 'utf8');
    const found = [...checkDocument(text, checkout), ...(name === 'SPEC.md' ? checkSpec(text) : [])];
    problems.push(...found.map((problem) => `${name}: ${problem}`));
  }
  return problems;
}

/** The same for one document's text. */
export function checkDocument(text: string, { exists, scripts }: Checkout): string[] {
  const problems = pathsIn(text)
    .filter((path) => !exists(path))
    .map((path) => `no ${path}`);
  for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) {
    if (!scripts.includes(script!)) problems.push(`no script ${script}`);
  }
  const machinePath = text.match(MACHINE_PATH)?.[0];
  if (machinePath !== undefined) problems.push(`a path of one machine: ${machinePath}`);
  return problems;
}

/** The rows of SPEC.md: every CPNS id has one, and each names what its status claims. */
export function checkSpec(text: string): string[] {
  const rows = statusRows(text);
  const problems = CPNS_IDS.filter((id) => !rows.some(([clause]) => clause === id)).map(
    (id) => `no row for ${id}`,
  );
  for (const row of rows) {
    const problem = checkRow(row);
    if (problem !== undefined) problems.push(`row ${row[0]}: ${problem}`);
  }
  return problems;
}

type Row = readonly string[];

function checkRow(row: Row): string | undefined {
  if (row.length !== 5) return `has ${row.length} cells, not 5`;
  const [, , code = '', test = '', status = ''] = row;
  if (UNCLAIMED.includes(status))
    return code === '' && test === '' ? undefined : `${status}, yet names files`;
  if (!CLAIMED.includes(status)) return `unknown status '${status}'`;
  if (pathsIn(code).length === 0) return 'names no code';
  return pathsIn(test).length > 0 ? undefined : 'names no test';
}

/** The cells of every row in tables whose last column is the status. */
function statusRows(text: string): Row[] {
  const rows: Row[] = [];
  let inTable = false;
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? cellsOf(line) : undefined;
    if (cells === undefined) inTable = false;
    else if (cells.at(-1) === 'status') inTable = true;
    else if (inTable && !/^-+$/.test(cells[0] ?? '')) rows.push(cells);
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

function pathsIn(text: string): string[] {
  return [...text.matchAll(PATH)].map(([path]) => path);
}
