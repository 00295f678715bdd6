// SPDX-License-Identifier: Apache-2.0

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasNativeCrypto } from '../build/xs.ts';
import { runAll } from './crew.ts';
import { parseOptions, UsageError } from './options.ts';
import type { Verdict } from './run.ts';
import { runInNode } from './run-in-node.ts';
import { Tally } from './summary.ts';
import { runAllInXs } from './xs-crew.ts';

const SEEDS = 20;
const SEEDS_IN_XS = 8;

test('whatever befalls the network, nothing is lost, doubled or stuck', async () => {
  const tally = new Tally();
  const jobs = Array.from({ length: SEEDS }, (_, seed) => ({ seed, loss: undefined, keepsTrace: false }));
  await runAll(jobs, (verdict) => tally.add(verdict));
  const { seeds, failed, delivered } = tally.summary;
  assert.is(seeds, SEEDS);
  assert.equal(failed, []);
  assert.ok(delivered > 10 * SEEDS, `${delivered} readings delivered`);
});

test('a loss that is asked for is the one on all links', () => {
  const { failure, faults } = runInNode({ seed: 1, loss: 0.03, keepsTrace: false });
  assert.is(failure, undefined);
  assert.ok(faults.loss! > 0);
});

test('a seed makes the same run again, to the last event', () => {
  const [once, again] = [7, 7].map((seed) => runInNode({ seed, loss: undefined, keepsTrace: true }));
  assert.equal(once, again);
  assert.ok(once!.trace.length > 100);
});

if (hasNativeCrypto()) {
  test('inside XS, with the cryptography of a device, seeds make the very same runs', async () => {
    const jobs = Array.from({ length: SEEDS_IN_XS }, (_, seed) => ({
      seed,
      loss: undefined,
      keepsTrace: true,
    }));
    const verdicts: Verdict[] = [];
    await runAllInXs(jobs, (verdict) => verdicts.push(verdict));
    verdicts.sort((one, other) => one.seed - other.seed);
    assert.equal(
      verdicts,
      // A failure that there is none of is left out of the JSON.
      jobs.map((job) => JSON.parse(JSON.stringify(runInNode(job)))),
    );
  });
}

test('another seed makes another run', () => {
  const [one, other] = [7, 8].map((seed) => runInNode({ seed, loss: undefined, keepsTrace: true }));
  assert.not.equal(one!.trace, other!.trace);
});

test('options that cannot be used are refused', () => {
  for (const args of [
    ['--seeds', '0'],
    ['--seed', '-1'],
    ['--loss', '0.6'],
    ['--loss', 'x'],
    ['--pnes', '1'],
    ['5'],
  ])
    assert.throws(
      () => parseOptions(args),
      (error: unknown) => error instanceof UsageError,
      args.join(' '),
    );
  const { seeds, first, loss } = parseOptions(['--seeds', '3', '--seed', '9', '--loss', '.03']);
  assert.equal([seeds, first, loss], [3, 9, 0.03]);
});

test.run();
