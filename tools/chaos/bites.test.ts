// SPDX-License-Identifier: Apache-2.0

/**
 * Puts defects back that the roles once had, and has the simulation find each: `npm test` every third, and
 * `npx tsx tools/chaos/bites.test.ts --all` all.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDefective } from './defective.testing.ts';
import { DEFECTS } from './defects.testing.ts';

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

const CHOSEN = process.argv.includes('--all') ? DEFECTS : DEFECTS.filter((_, index) => index % 3 === 0);

for (const defect of CHOSEN) {
  test(`the simulation finds: ${defect.name}`, async () => {
    const runDefective = await loadDefective(defect);
    const finds = (seed: number) =>
      defect.finding.test(runDefective({ seed, loss: undefined, keepsTrace: false }).failure ?? '');
    assert.ok([defect.seed, ...SEEDS].some(finds), `no seed below ${SEEDS.length} finds it`);
  });
}

test.run();
