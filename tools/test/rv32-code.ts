// SPDX-License-Identifier: Apache-2.0

/** What boards/qemu-rv32/compile makes shorter does the same: random programs there, and on Node as they are. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { OUTPUT } from '../build/bundle.ts';
import { buildRv32Image, type Rv32Image, spawnRv32 } from '../build/rv32.ts';
import { finish } from './command.ts';
import { randomProgram } from './random-program.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const PROGRAMS = 12;
const FUNCTIONS = 60;

const MEMORY: Rv32Image = {
  chunk: { initial: 1_000_000, incremental: 100_000 },
  heap: { initial: 50_000, incremental: 10_000 },
  limit: 4 * 1024 ** 2,
};

export async function testRv32Code(stage: string, tally: Tally): Promise<void> {
  await tally.run(stage, 'random programs, compiled shorter, print the same', comparePrograms);
}

async function comparePrograms(): Promise<Outcome> {
  let lines = 0;
  for (let seed = 1; seed <= PROGRAMS; seed++) lines += await compareProgram(seed);
  return { passed: PROGRAMS, notes: [`${lines} calls`] };
}

async function compareProgram(seed: number): Promise<number> {
  const source = randomProgram(seed, FUNCTIONS);
  const folder = join(OUTPUT, 'bundles/random');
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, `${seed}.js`);
  writeFileSync(bundle, source);
  const { status, output } = await finish(spawnRv32(await buildRv32Image(bundle, MEMORY)));
  const found = output.trimEnd().split('\n');
  const expected = linesOnNode(source);
  const at = expected.findIndex((line, i) => line !== found[i]);
  if (status === 0 && at < 0 && found.length === expected.length) return found.length;
  throw new CheckFailure(`${bundle}: status ${status}: ${found[at]}, not ${expected[at]}`);
}

function linesOnNode(source: string): string[] {
  const lines: string[] = [];
  const context = createContext({ console: { log: (line: string) => lines.push(line) } });
  runInContext(`'use strict';${source}`, context);
  return lines;
}
