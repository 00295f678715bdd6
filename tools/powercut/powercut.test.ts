// SPDX-License-Identifier: Apache-2.0

/** A sample of `npm run powercut`: a round of its own, and a few of the store. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../chaos/options.ts';
import type { CutMedium } from './cut-medium.ts';
import { buildFlash } from './flash.ts';
import { parseOptions } from './options.ts';
import { onDevice } from './run.ts';
import { SCENARIOS } from './scenarios.ts';

const cutFlash = buildFlash();

for (const { name, run } of SCENARIOS) {
  test(`${name}: nothing is lost or mixed, wherever the power fails`, () => {
    const { points, failed } = run(3, cutFlash);
    assert.equal(failed, []);
    assert.ok(points > 0);
  });
}

test('the same seed makes the same points', () => {
  const { run } = SCENARIOS[0]!;
  assert.equal(run(7, cutFlash), run(7, cutFlash));
});

test('an operation that leaves half of two values is found', () => {
  const torn = onDevice({
    name: 'torn',
    prepare: (medium) => {
      medium.write('one', Uint8Array.of(1));
      medium.write('two', Uint8Array.of(1));
      const both = (of: CutMedium) => `${of.read('one')} ${of.read('two')}`;
      return {
        run(): void {
          medium.write('one', Uint8Array.of(2));
          medium.write('two', Uint8Array.of(2));
        },
        restart(): void {},
        check(): void {},
        content: both,
      };
    },
  });
  const { failed } = torn.run(1, cutFlash);
  assert.ok(failed.length > 0);
  for (const line of failed) assert.match(line, /^torn, seed 1, cut .*: the store is neither old nor new$/);
});

test('options that cannot be used are refused in one line', () => {
  for (const args of [
    ['--points', '0'],
    ['--points', '1e9'],
    ['--seed', '-1'],
    ['--scenario', 'none'],
    ['--what'],
  ])
    assert.throws(
      () => parseOptions(args),
      (error: unknown) => error instanceof UsageError,
    );
  assert.equal(parseOptions(['--points', '5', '--json']).points, 5);
});

test.run();
