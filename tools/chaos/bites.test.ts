// SPDX-License-Identifier: Apache-2.0

/** Puts defects back that the roles once had, and has the simulation find each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDefective } from './defective.testing.ts';
import { DEFECTS } from './defects.testing.ts';

for (const defect of DEFECTS) {
  test(`the simulation finds: ${defect.name}`, async () => {
    const runDefective = await loadDefective(defect);
    const { failure } = runDefective({ seed: defect.seed, loss: undefined, keepsTrace: false });
    assert.match(failure ?? 'nothing', defect.finding);
  });
}

test.run();
