// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario revocation` as a user types it, and where nobody is revoked. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioRun } from './run.testing.ts';
import { playedOn, SHORT_MS } from './stage.testing.ts';
import { Stage } from './stage.ts';

const test = suite('simulator/scenario/revocation');

test('nothing of a PNE is accepted once it is revoked, and nothing of the others is lost or doubled', async () => {
  const { status, report } = await scenarioRun('revocation', '--pnes', '3');
  assert.is(status, 0, report.problems.join('\n'));
  const { confirmed, ...figures } = report.scenario.figures;
  assert.equal(figures, { lost: 0, doubled: 0, acceptedAfterRevocation: 0 });
  assert.ok(confirmed! > 0);
  assert.equal(report.scenario.steps.filter(({ what }) => what.includes('notAuthorized')).length, 3);
});

test('it comes out badly where the revocation does not reach the server', async () => {
  class Deaf extends Stage {
    override admin(at: string, ...words: string[]): Promise<string[]> {
      if (words[0] !== 'revoke') return super.admin(at, ...words);
      this.patienceMs = SHORT_MS;
      return Promise.resolve([]);
    }
  }
  const { status, problems } = await playedOn(Deaf, 'revocation', 2);
  assert.is(status, 1);
  assert.equal(problems, ["did not come in 1 s: 'revoked pne=pne-2' of server"]);
});

test.run();
