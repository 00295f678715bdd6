// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCircles, circlesOf, filesImported } from './circles.ts';

const test = suite('check/circles');

function graph(...lines: string[]): Map<string, string[]> {
  return new Map(lines.map((line) => [line[0]!, [...line.slice(1)]]));
}

test('a tree of imports, and two ways to one file, are no circle', () => {
  assert.equal(circlesOf(graph('abc', 'bd', 'cd', 'd')), []);
});

test('two files that import each other are one', () => {
  assert.equal(circlesOf(graph('ab', 'ba', 'ca')), [['a', 'b']]);
});

test('so is a longer way round, and a file that imports itself', () => {
  assert.equal(circlesOf(graph('ab', 'bc', 'ca', 'dd')), [['a', 'b', 'c'], ['d']]);
});

test('circles that share a file are one, those that only see each other are two', () => {
  assert.equal(circlesOf(graph('ab', 'bac', 'cb')), [['a', 'b', 'c']]);
  assert.equal(circlesOf(graph('ab', 'bac', 'cd', 'dc')), [
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('types and re-exports count, packages and comments do not', () => {
  const source = `import type { A } from './a.ts';
export { b } from '../b/b.ts';
import { suite } from 'uvu';
// import './c.ts';`;
  assert.equal(filesImported('src/x/x.ts', source), ['src/x/a.ts', 'src/b/b.ts']);
});

test('this checkout has no files that import each other in a circle', async () => {
  assert.equal(await checkCircles(), []);
});

test.run();
