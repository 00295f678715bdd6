// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario bridge` as a user types it, and where nobody is asked for consent. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioRun } from './run.testing.ts';
import { playedOn, SHORT_MS } from './stage.testing.ts';
import { Stage } from './stage.ts';

const test = suite('simulator/scenario/bridge');

test('contents pass by the bridge from the consent on, once, and readings are neither lost nor doubled', async () => {
  const { status, report } = await scenarioRun('bridge', '--pnes', '4');
  assert.is(status, 0, report.problems.join('\n'));
  const { confirmed, ...figures } = report.scenario.figures;
  assert.equal(figures, { lost: 0, doubled: 0, readBehindTheSameGateway: 4, readBehindTheOther: 6 });
  assert.ok(confirmed! > 0);
});

test('it comes out badly where nobody is asked for consent', async () => {
  class Open extends Stage {
    override admin(at: string, ...words: string[]): Promise<string[]> {
      if (words[0] !== 'bridge-openness') return super.admin(at, ...words);
      return Promise.resolve([]);
    }
    override says(...wanted: Parameters<Stage['says']>): Promise<void> {
      if (wanted[1] === 'consent-required') this.patienceMs = SHORT_MS;
      return super.says(...wanted);
    }
  }
  const { status, problems } = await playedOn(Open, 'bridge', 3);
  assert.is(status, 1);
  assert.equal(problems, ["did not come in 1 s: 'consent-required gateway=gateway-1' of gateway-2"]);
});

test.run();
