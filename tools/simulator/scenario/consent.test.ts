// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario consent` as a user types it, and where the owner's answer is another. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioRun } from './run.testing.ts';
import { playedOn } from './stage.testing.ts';
import { Stage } from './stage.ts';

const test = suite('simulator/scenario/consent');

test('an application reads a PNE from the consent of its user until he takes it back', async () => {
  const { status, report } = await scenarioRun('consent', '--pnes', '2');
  assert.is(status, 0, report.problems.join('\n'));
  const { confirmed, ...figures } = report.scenario.figures;
  assert.equal(figures, { readBefore: 0, readAfter: 0, refused: 1, lost: 0, doubled: 0 });
  assert.ok(confirmed! > 0);
  const ofApplication = report.scenario.steps.filter(({ who }) => who === 'application');
  assert.equal(
    ofApplication.map(({ what }) => what),
    [
      'reads what pne-2 report',
      'reads what pne-1 report',
      'has read 0 readings of pne-1 that came after that',
    ],
  );
});

test('it comes out badly where another owns what the PNE reports', async () => {
  class Owned extends Stage {
    override async startPne(...of: Parameters<Stage['startPne']>) {
      const pne = await super.startPne(...of);
      if (of[0] === 'pne-2') await this.admin('server', 'openness', 'ask', 'pne-1', '--owner', 'pne-2');
      return pne;
    }
  }
  const { status, problems } = await playedOn(Owned, 'consent', 2);
  assert.is(status, 1);
  assert.equal(problems, ['pne-1 shows its contents where its user consents: refused, notAuthorized']);
});

test.run();
