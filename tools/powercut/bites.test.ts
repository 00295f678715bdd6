// SPDX-License-Identifier: Apache-2.0

/** Puts defects into the store, and has the power cuts find each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadWith } from '../chaos/defective.testing.ts';
import { DEFECTS } from './defects.testing.ts';
import type { CutFlash } from './flash.ts';
import type * as Scenarios from './scenarios.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
/** The log in flash has nothing to do with it. */
const noFlash: CutFlash = () => ({ points: 0, neither: 0 });

for (const { name, changes, scenario, finding } of DEFECTS) {
  test(`power cuts find: ${name}`, async () => {
    const { SCENARIOS } = await loadWith<typeof Scenarios>('tools/powercut/scenarios.ts', changes);
    const { run } = SCENARIOS.find((each) => each.name === scenario)!;
    const found: string[] = [];
    const isFound = () => found.some((line) => finding.test(line));
    for (const seed of SEEDS) if (!isFound()) found.push(...run(seed, noFlash).failed);
    assert.ok(isFound(), found[0] ?? 'nothing');
  });
}

test.run();
