// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario groups` as a user types it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioRun } from './run.testing.ts';

const test = suite('simulator/scenario/groups');

test('a group is made, found, joined, handed on, and left or lost by messages of PNEs, and no reading is lost meanwhile', async () => {
  const { status, report } = await scenarioRun('groups', '--pnes', '4');
  assert.is(status, 0, report.problems.join('\n'));
  const { confirmed, ...figures } = report.scenario.figures;
  assert.equal(figures, { joined: 4, left: 2, refused: 2, lost: 0, doubled: 0 });
  assert.ok(confirmed! > 0);
  const { steps } = report.scenario;
  assert.ok(steps.some(({ who, what }) => who === 'pne-3' && what === 'is told that pne-2 owns the group'));
  assert.ok(steps.some(({ what }) => what === 'group 2 is of pne-2, pne-4'));
});

test.run();
