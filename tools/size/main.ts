// SPDX-License-Identifier: Apache-2.0

/** `npm run size`: what each image takes. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { bundleSerialFirmware, ROOT } from '../build/bundle.ts';
import { costByModule, formatModules } from './modules-table.ts';
import { formatTable } from './table.ts';

const USAGE = `usage: npm run size -- [options]
  --modules    what each module takes as bytecode and in memory
  --json       one JSON document on standard output
  --help       this text`;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { modules: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { status } = spawnSync('node', ['tools/setup/rv32.mjs'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) return status ?? 1;
  const cost = await costByModule(await bundleSerialFirmware());
  console.log(values.json ? JSON.stringify(cost, null, 2) : formatTable(formatModules(cost)));
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`size: ${(error as Error).message} (npm run size -- --help lists the options)`);
  process.exitCode = 2;
}
