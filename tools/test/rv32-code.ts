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

/** Forms of classes, which have no values that could be made at random. */
const CLASSES = `
  class A {
    constructor(x) { this.x = x; }
    y() { return 1; }
    get z() { return this.x; }
    static w() { return 4; }
    v(a) { return () => a + this.x; }
    u() {}
  }
  class B extends A {
    constructor(x) { super(x); this.b = 1; }
    y() { return super.y() + 1; }
    set q(v) { this.b = v; }
    get q() { return this.b; }
    static s() { return this.name; }
    ['c' + 1]() { return 5; }
  }
  const C = class { m() { return 'm'; } n() { return 'n'; } };
  const D = class Inner { a() { return new Inner().b(); } b() { return 2; } };
  const f = () => { const E = class { p() { return 1; } q() { return f.name; } }; return new E(); };
  const [a, b] = [new A(3), new B(7)];
  b.q = 9;
  for (const each of [A, B]) console.log(String(Object.getOwnPropertyNames(each.prototype)));
  console.log(String([a.y(), a.z, A.w(), a.v(4)(), a.u(), b.y(), b.q, B.s(), b.c1(), new C().m(), new C().n()]));
  console.log(String([new D().a(), f().p(), f().q(), A.name, C.name, D.name]));`;

export async function testRv32Code(stage: string, tally: Tally): Promise<void> {
  await tally.run(stage, 'random programs, compiled shorter, print the same', comparePrograms);
}

async function comparePrograms(): Promise<Outcome> {
  let lines = await compareProgram('classes', CLASSES);
  for (let seed = 1; seed <= PROGRAMS; seed++)
    lines += await compareProgram(String(seed), randomProgram(seed, FUNCTIONS));
  return { passed: PROGRAMS + 1, notes: [`${lines} lines`] };
}

async function compareProgram(name: string, source: string): Promise<number> {
  const folder = join(OUTPUT, 'bundles/random');
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, `${name}.js`);
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
