// SPDX-License-Identifier: Apache-2.0

/** What the bodies of modules made lies in the flash of the qemu-rv32 board, where nothing can change it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTPUT } from '../build/bundle.ts';
import { rv32Setup, spawnRv32 } from '../build/rv32.ts';
import { buildRv32Flash } from '../build/rv32-flash.ts';
import { finish } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

/** Runs `change` of a module whose body has made `state`, and says how it ended. */
const program = (state: string, change: string) => `
  ${state}
  export default function main() {
    try { ${change}; trace('changed'); } catch (error) { trace(String(error)); }
  }`;

/** But `__proto__`, which makes no property in a literal. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__');

/** Bodies that leave what literals inherit otherwise than their bytecode takes it to be. */
const REFUSED: readonly [name: string, source: string][] = [
  ['what all objects inherit', `Object.defineProperty(Object.prototype, 'a', { set() {} });`],
  ['what all lists inherit', 'Array.prototype[0] = 1;'],
];

/** The SDK's engine gives what is written its copy in RAM, where nothing froze it: flash stays as it is. */
const STATES: readonly [name: string, source: string, said: RegExp, saidWithSdk?: RegExp][] = [
  ['a variable', program('let count = 0;', 'count += 1'), /^TypeError/, /^changed$/],
  ['an object', program('const state = { a: 1 };', 'state.a = 2'), /^TypeError/, /^changed$/],
  ['a new property', program('const state = {};', 'state.a = 2'), /^TypeError/, /^changed$/],
  ['an array', program('const list = [1];', 'list[0] = 2'), /^TypeError/, /^changed$/],
  ['bytes', program('const bytes = new Uint8Array(4);', 'bytes[0] = 1'), /^TypeError/],
  [
    'an object with names that all have',
    program(
      '',
      `if (Object.keys({ ${INHERITED.map((name) => `${name}: 1`)} }).length !== ${INHERITED.length}
      || ${INHERITED.length} !== Object.getOwnPropertyNames(Object.prototype).length - 1) return`,
    ),
    /^changed$/,
  ],
  ['a built-in', program('', 'Array.prototype.map = 1'), /^TypeError/],
  [
    'what is made when it runs',
    program('', 'const made = { a: 1 }; made.a = 2; made.b = [made.a]'),
    /^changed$/,
  ],
];

export async function testRv32Preload(stage: string, tally: Tally): Promise<void> {
  for (const state of STATES) {
    await tally.run(stage, `preloaded: ${state[0]}`, () => checkState(state));
  }
  if (rv32Setup().sdk) return;
  for (const [name, source] of REFUSED)
    await tally.run(stage, `not preloaded: ${name}`, () => checkRefused(name, source));
}

async function checkRefused(name: string, source: string): Promise<Outcome> {
  const words = await buildRv32Flash(writeBundle(name, source)).catch((error: Error) => error.message);
  if (/cannot be preloaded: .*TypeError/.test(words)) return { passed: 1 };
  throw new CheckFailure(words);
}

async function checkState([
  name,
  source,
  said,
  saidWithSdk = said,
]: (typeof STATES)[number]): Promise<Outcome> {
  const bundle = writeBundle(name, source);
  const { status, output } = await finish(spawnRv32(await buildRv32Flash(bundle)));
  const expected = rv32Setup().sdk ? saidWithSdk : said;
  if (status === 0 && expected.test(output)) return { passed: 1 };
  throw new CheckFailure(`status ${status} after: ${output}`);
}

function writeBundle(name: string, source: string): string {
  const folder = join(OUTPUT, 'bundles/preloaded');
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, `${name.replaceAll(' ', '-')}.js`);
  writeFileSync(bundle, source);
  return bundle;
}
