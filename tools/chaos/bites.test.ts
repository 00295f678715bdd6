// SPDX-License-Identifier: Apache-2.0

/** Puts defects back that the roles once had, and has the simulation find each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDefective } from './defective.testing.ts';
import { DEFECTS } from './defects.testing.ts';

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

for (const defect of DEFECTS) {
  test(`the simulation finds: ${defect.name}`, async () => {
    const runDefective = await loadDefective(defect);
    const finds = (seed: number) =>
      defect.finding.test(runDefective({ seed, loss: undefined, keepsTrace: false }).failure ?? '');
    assert.ok([defect.seed, ...SEEDS].some(finds), `no seed below ${SEEDS.length} finds it`);
  });
}

test.run();
