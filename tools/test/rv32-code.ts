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
  isCompiledAsPreloaded: true,
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

/**
 * What lies between the parts of a literal or behind it: generators, patterns, accessors, what is inherited. What is said
 * is flat: XS has 1,024 slots of stack for it.
 */
const LITERALS = `
  const say = (...values) => { for (let i = 0; i < values.length; i++) console.log(JSON.stringify(values[i])); };
  const t = [];
  const frozen = Object.freeze({ a: 1, b: 2 });
  function* parts(x) { const o = { a: yield 1, b: [yield 2, yield 3], ...x, c: yield 4 }; say(o); return [(yield 5).d, x]; }
  const f = (x) => { const y = void { get a() { return x; } }; return [typeof y, x]; };
  const g = (x) => { try { return [x, x.a, { b: x.a.b }]; } catch { return [x]; } finally { t.push('finally'); } };
  const h = (x) => [1, ({ b: t[0] } = x), ({ a: t[1], b: t[2] } = x).a];
  const walk = parts({ e: 6 });
  for (let step = walk.next(), i = 0; !step.done; step = walk.next({ d: i++ })) say(step);
  const left = parts();
  say(left.next(), left.next(7), left.return(8), left.next());
  say(f(3), g({ a: {} }), g(undefined), g(frozen), h({ a: 4, b: 5 }), t);
  say({ ...frozen, b: 3, c: 4 }, { c: 5, ...frozen, a: 6 }, [{ ...frozen }.a], [[7]], [, 8], [...t, 9, frozen]);
  const own = { constructor: 1, toString: 2, valueOf: 3, hasOwnProperty: 4, 5: 6, ['h' + 1]: 8, get k() { return this.l; }, l: 9 };
  say(Object.keys(own), own, { set m(v) {}, n() {}, o: () => 1, p: { q: [] } });
  class Base { constructor(x) { this.x = x; } }
  class Late extends Base { constructor() { const x = () => this.x; super(2); this.y = [x(), { z: x() }]; } }
  class Early extends Base { constructor() { try { this.x = 1; } catch (error) { t.push(error.name); } super([3]); } }
  say(new Late(), new Early(), Array.isArray(t), t);`;

export async function testRv32Code(stage: string, tally: Tally): Promise<void> {
  await tally.run(stage, 'random programs, compiled shorter, print the same', comparePrograms);
}

async function comparePrograms(): Promise<Outcome> {
  let lines = await compareProgram('classes', CLASSES);
  lines += await compareProgram('literals', LITERALS);
  for (let seed = 1; seed <= PROGRAMS; seed++)
    lines += await compareProgram(String(seed), randomProgram(seed, FUNCTIONS));
  return { passed: PROGRAMS + 2, notes: [`${lines} lines`] };
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
