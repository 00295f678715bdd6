// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundledModules } from '../size/contents.ts';
import { OUTPUT, ROOT } from './bundle.ts';
import {
  bundleBleFirmware,
  bundleBleSerialFirmware,
  bundleFirmware,
  bundleSerialFirmware,
} from './firmware.ts';
import { withIndices } from './loops.ts';

const run = promisify(execFile);

const NOT_SATISFIED = 'error TS1360:';

/** Each makes `out` from lists and bytes. */
const SOURCES: readonly string[] = Object.freeze([
  'for (const x of [1, 2, 3]) out.push(x);',
  'for (const x of Uint8Array.of(4, 5)) { out.push(x); out.push(-x); }',
  'for (const { a, b = 7 } of [{ a: 1 }, { a: 2, b: 3 }]) out.push(a, b);',
  'for (const x of [[1, 2], [3]]) { for (const y of x) out.push(y); }',
  'for (const x of [[1, 2], [3]]) for (const y of x) out.push(y);',
  'for (const x of [1, 2, 3])\n  if (x > 1) out.push(x);\nout.push(9);',
  'for (const x of [1, 2, 3]) if (x > 1) { out.push(x); }\nout.push(9);',
  'for (const x of [1, 2, 3]) if (x > 1) out.push(x); else out.push(0);',
  'for (const x of [1, 2, 3]) { if (x === 2) continue; if (x === 3) break; out.push(x); }',
  'const list = [1, 2]; for (const x of list) if (list.length < 5) list.push(x); out.push(list.length);',
  'const made = []; for (const x of [1, 2]) made.push(() => x); out.push(made[0](), made[1]());',
  'for (const x of new Map([[1, 2]]).values()) out.push(x);',
  'const [a, , b] = [1, 2, 3]; const [c] = []; out.push(a, b, c);',
]);

test('a loop by index does what the loop did', async () => {
  for (const source of SOURCES)
    assert.equal(await evaluate(withIndices(source)), await evaluate(source), source);
  const left = SOURCES.filter((source) => /\bof\b|const \[/.test(withIndices(source).replaceAll('.of(', '')));
  assert.is(left.length, 4, 'an else, a block in an if, a loop in a loop without a block, an iterator');
});

test('what has no length is not passed over in silence', async () => {
  const source = withIndices('for (const { a } of new Map([[1, 2]])) out.push(a);');
  const error = await evaluate(source).catch((thrown: unknown) => thrown);
  assert.instance(error, TypeError);
});

test('what a device walks by index is an array or bytes, as the type checker sees it', async () => {
  const checked = await copyOfSources(withIndices);
  assert.is(await typeErrors(checked), '');
});

test('what is neither an array nor bytes does not pass', async () => {
  const checked = await copyOfSources(withIndices);
  const others = ["'text'", 'new Map<number, number>()', 'new Set<number>()'];
  const loops = others.map((list) => `for (const x of ${list}) void x;`).join('\n');
  writeFileSync(join(checked, 'firmware/programs/image-serial.ts'), withIndices(loops));
  assert.is((await typeErrors(checked)).split('\n').length, others.length);
});

async function evaluate(source: string): Promise<unknown[]> {
  const { code } = await transform(source, { loader: 'ts' });
  const out: unknown[] = [];
  new Function('out', code)(out);
  return out;
}

/** What is in a device is changed, the rest as it is. */
async function copyOfSources(change: (source: string) => string): Promise<string> {
  const folder = join(OUTPUT, 'indexed');
  rmSync(folder, { recursive: true, force: true });
  for (const each of ['src', 'firmware', 'boards'])
    cpSync(join(ROOT, each), join(folder, each), { recursive: true });
  const bundles = [
    await bundleFirmware(),
    await bundleBleFirmware(),
    await bundleSerialFirmware(),
    await bundleBleSerialFirmware(),
  ];
  const isOwn = (module: string) => module.endsWith('.ts') && !module.startsWith('node_modules/');
  const modules = [...new Set(bundles.flatMap(bundledModules))].filter(isOwn);
  for (const module of modules)
    writeFileSync(join(folder, module), change(readFileSync(join(ROOT, module), 'utf8')));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', include: [...modules, '**/*.d.ts'] }),
  );
  return folder;
}

/** Other errors come of the change alone: a literal that was taken apart is no tuple any more. */
async function typeErrors(folder: string): Promise<string> {
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  return run(tsc, ['-p', folder, '--pretty', 'false']).then(
    () => '',
    ({ stdout }: { stdout: string }) =>
      stdout
        .split('\n')
        .filter((line) => line.includes(NOT_SATISFIED))
        .join('\n'),
  );
}

test.run();
