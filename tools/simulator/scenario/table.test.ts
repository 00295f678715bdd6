// SPDX-License-Identifier: Apache-2.0

/** What is said of scenarios where one looks for them, and what does not go with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../build/bundle.ts';
import { parseOptions } from '../options.ts';
import { SCENARIOS } from './table.ts';

const test = suite('simulator/scenario/table');

const refused = (...args: string[]): string => {
  try {
    parseOptions(args);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('the help and the documents have each, and no other', () => {
  const linesIn = (path: string, line: RegExp) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(line)].map(([, name, summary]) => [name, summary]);
  const rows = SCENARIOS.map(({ name, summary }) => [name, summary]);
  assert.equal(
    linesIn('tools/simulator/usage.txt', /^ {20}([a-z]+) {2,}(.*)$/gm).filter(([name]) => name !== 'qemu'),
    rows,
  );
  assert.equal(linesIn('README.md', /^\| `--scenario ([a-z]+)` \| (.*) \|$/gm), rows);
});

test('a name that there is not is answered by those that there are', () => {
  const names = SCENARIOS.map(({ name }) => name).join(', ');
  assert.is(refused('--scenario', 'home'), `--scenario takes one of ${names}; not 'home'`);
});

test('one that is told in steps goes with no input, output, attack or other link, and with enough PNEs', () => {
  for (const { name, leastPnes } of SCENARIOS.filter(({ tell }) => tell !== undefined)) {
    const of = (...args: string[]) => refused('--scenario', name, ...args);
    for (const option of ['--input', '--output', '--without'])
      assert.is(of(option, 'policy'), `--scenario ${name} does not go with ${option}`);
    assert.is(of('--attack', 'all'), `--scenario ${name} does not go with --attack`);
    assert.is(of('--link', 'ble'), `--scenario ${name} has PNEs reach their gateway by --link stream alone`);
    assert.is(of('--interval', '0'), "--interval takes a whole number from 1 to 86400000, not '0'");
    if (leastPnes > 1) assert.match(of('--pnes', String(leastPnes - 1)), /--pnes takes a whole number from/);
    assert.is(parseOptions(['--scenario', name]).link, 'stream');
  }
});

test.run();
