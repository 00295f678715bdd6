// SPDX-License-Identifier: Apache-2.0

/** The status that a run ends with. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ExitStatus } from './exit-status.ts';
import { exitStatus } from './report.ts';
import type { RunResult } from './run-options.ts';

const test = suite('simulator/report');

const WHOLE: RunResult = {
  ...{ pnes: [], skipped: [], skippedCount: 0, missing: [], underWay: 0, problems: [] },
  ...{ group: undefined, isGroupShown: true, agreements: [] },
};

test('a run is whole where the application server of its scenario has all', () => {
  assert.is(exitStatus(WHOLE, undefined, [], true), ExitStatus.ok);
  assert.is(exitStatus(WHOLE, undefined, [], false), ExitStatus.missing);
});

test('one that ended for want of evidence says that, whatever did not arrive then', () => {
  assert.is(exitStatus(WHOLE, ExitStatus.evidence, [], false), ExitStatus.evidence);
});

test.run();
