// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OUTPUT } from './bundle.ts';
import { spawnXs } from './xs.ts';

const host = suite('how the XS host ends');

const ENDINGS: readonly [name: string, source: string, status: number, message: RegExp][] = [
  ['nothing left to do', 'console.log(1)', 0, /^$/],
  ['a bundle that does not parse', 'let = = 1', 70, /uncaught exception: SyntaxError/],
  [
    'an uncaught error names its function',
    'function thrower() { throw new TypeError("bad"); }\nthrower();',
    70,
    /uncaught exception: TypeError: bad\n at thrower/,
  ],
  [
    'an error in a timer',
    'native("xs_timer_set")(() => { throw new RangeError("late"); }, 0)',
    70,
    /RangeError: late/,
  ],
  [
    'a rejection that nobody handles',
    'Promise.reject(new Error("lost"))',
    71,
    /unhandled promise rejection: Error: lost/,
  ],
  [
    'recursion without end',
    'native("xs_timer_set")(function dive() { return 1 + dive(); }, 0)',
    72,
    /XS stack overflow \(1024 slots\)/,
  ],
  [
    'more than the heap holds',
    'const kept = []; for (;;) kept.push(new Uint8Array(1000));',
    73,
    /XS memory full/,
  ],
  ['a native that is not there', 'native("xs_nothing")', 70, /xs_nothing is not in this host/],
  ['a class over C data used before it is made', 'native("xs_tcp_read").call({})', 70, /uncaught exception/],
];

const folder = makeFolder();
for (const [name, source, status, message] of ENDINGS) {
  host(name, async () => {
    const bundle = join(folder, 'bundle.js');
    writeFileSync(bundle, source);
    const ended = await run(bundle);
    assert.match(ended.stderr, message);
    assert.is(ended.status, status);
  });
}

host('a bundle that is not there', async () => {
  const ended = await run(join(folder, 'missing.js'));
  assert.match(ended.stderr, /cannot read .*missing\.js/);
  assert.is(ended.status, 66);
});

function makeFolder(): string {
  mkdirSync(OUTPUT, { recursive: true });
  return mkdtempSync(join(OUTPUT, 'endings-'));
}

function run(bundle: string): Promise<{ status: number | null; stderr: string }> {
  const child = spawnXs(bundle);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stderr }));
  });
}

host.after(() => rmSync(folder, { recursive: true }));
host.run();
