// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario networks` as a user types it, and where a grant does not reach the server. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioRun } from './run.testing.ts';
import { playedOn } from './stage.testing.ts';
import { Stage } from './stage.ts';

const test = suite('simulator/scenario/networks');

test('PNs of three types are set up, one is chosen, all are released, and no reading is lost meanwhile', async () => {
  const { status, report } = await scenarioRun('networks');
  assert.is(status, 0, report.problems.join('\n'));
  const { confirmed, ...figures } = report.scenario.figures;
  const due = { listed: 2, inOwn: 2, inListed: 1, paired: 3, refused: 3, left: 0, lost: 0, doubled: 0 };
  assert.equal(figures, due);
  assert.ok(confirmed! > 0);
  const refusals = report.scenario.steps.filter(({ what }) => what.includes('refuses'));
  assert.equal(
    refusals.map(({ who, what }) => `${who} ${what.split(', ').at(-1)}`),
    ['pne-1 notAuthorized', 'pne-3 networkTaken', 'pne-2 notOwner'],
  );
});

test('it comes out badly where PNEs may set up PNs from the beginning', async () => {
  class Generous extends Stage {
    override async startPne(...of: Parameters<Stage['startPne']>) {
      const pne = await super.startPne(...of);
      await this.admin('server', 'grant', of[0], '--may', 'pn-setup');
      return pne;
    }
  }
  const { status, problems } = await playedOn(Generous, 'networks', 3);
  assert.is(status, 1);
  assert.equal(problems, ['pne-1 asks for a PN, without a grant for it: ok, and not notAuthorized']);
});

test.run();
