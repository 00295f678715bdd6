// SPDX-License-Identifier: Apache-2.0

/** `npm run doctor`: whether this machine can build images and write them to boards. Exit status 0, 1 where not, 2 on misuse. */
import { parseArgs } from 'node:util';
import { ESP32_BOARD_NAMES, type Esp32Board } from '../build/esp32-tools.ts';
import { examine, type Finding } from './checks.ts';
import { MACHINE } from './machine.ts';

const USAGE = `usage: npm run doctor -- [BOARD...] [--json]
  BOARD    ${ESP32_BOARD_NAMES.join(', ')} (default: all of them)
  --json   { "ok", "checks": [{ "name", "state": "ok", "note" or "failed", "found", "fix" }] }`;

function read(args: readonly string[]): { boards: Esp32Board[]; isJson: boolean } | undefined {
  try {
    const options = { json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const known: readonly string[] = ESP32_BOARD_NAMES;
    if (positionals.some((name) => !known.includes(name))) return undefined;
    const boards = positionals.length === 0 ? ESP32_BOARD_NAMES : (positionals as Esp32Board[]);
    return { boards, isJson: values.json };
  } catch {
    return undefined;
  }
}

const MARKS = Object.freeze({ ok: 'ok    ', note: 'note  ', failed: 'FAIL  ' });

function lineOf({ name, state, found, fix }: Finding): string {
  return `${MARKS[state]}${name}: ${found}${fix === undefined ? '' : `; ${fix}`}`;
}

const asked = read(process.argv.slice(2));
if (asked === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const checks = await examine(MACHINE, asked.boards);
const ok = checks.every(({ state }) => state !== 'failed');
if (asked.isJson) console.log(JSON.stringify({ ok, checks }, null, 2));
else for (const finding of checks) console.log(lineOf(finding));
process.exit(ok ? 0 : 1);
