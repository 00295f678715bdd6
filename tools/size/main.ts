// SPDX-License-Identifier: Apache-2.0

/** `npm run size`: what each image takes, against the budgets in boards, and whether it holds what it must not. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { alignColumns } from '../bench/table.ts';
import { ROOT } from '../build/bundle.ts';
import { IMAGES, type Image } from './images.ts';
import { costByModule, formatModules } from './modules-table.ts';
import { formatStore, fullestStore } from './nvs.ts';
import { formatReport, type ImageReport, reportImage } from './report.ts';

const USAGE = `usage: npm run size -- [options]
  --modules    what each module takes as bytecode, and in slots and chunks when it is loaded: in flash where it is preloaded
  --json       one JSON document on standard output: { "images": [...], "store": {...} }
  --help       this text
Status 1 where an image is over a budget or holds what it must not, or the store of a device takes more than 4 KB of NVS.`;

interface Options {
  readonly modules?: boolean | undefined;
  readonly json?: boolean | undefined;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { modules: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const status = setUp();
  if (status !== 0) return status;
  return values.modules ? showModules(values) : showReports(values);
}

/** Says itself what is missing. Returns its status. */
function setUp(): number {
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  return spawnSync('node', ['tools/setup/rv32.mjs'], { cwd: ROOT, stdio: [...stdio] }).status ?? 1;
}

async function showReports({ json }: Options): Promise<number> {
  const reports: ImageReport[] = [];
  for (const image of IMAGES) {
    process.stderr.write(`size: ${image.name} on ${image.board}, connected to gateway and server\n`);
    reports.push(await reportImage(image));
  }
  const store = fullestStore();
  const texts = [...reports.map(formatReport), formatStore(store)];
  console.log(json ? JSON.stringify({ images: reports, store }, null, 2) : texts.join('\n\n'));
  const problems = [...reports, store].flatMap((report) => report.problems);
  for (const problem of problems) console.error(`size: ${problem}`);
  return problems.length > 0 ? 1 : 0;
}

async function showModules({ json }: Options): Promise<number> {
  const costs = [];
  for (const image of IMAGES) costs.push({ image, cost: await costByModule(await image.bundle()) });
  const documents = costs.map(({ image, cost }) => ({ ...nameOf(image), ...cost }));
  const tables = costs.map(({ cost }) => alignColumns(formatModules(cost)));
  console.log(json ? JSON.stringify({ images: documents }, null, 2) : tables.join('\n\n'));
  return 0;
}

function nameOf({ name, board, provider }: Image) {
  return { image: name, board, provider };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`size: ${(error as Error).message} (npm run size -- --help lists the options)`);
  process.exitCode = 2;
}
