// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario keys` as a user types it, and with a gateway that sees what the server does. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RecordObserver } from '../../../src/node/page/trace/record-tap.ts';
import { scenarioRun } from './run.testing.ts';
import { playedOn } from './stage.testing.ts';
import { SERVER, Stage } from './stage.ts';

const test = suite('simulator/scenario/keys');

test('each PNE gets its user key and shows that it has it, and the gateway passes on what it cannot read', async () => {
  const { status, report } = await scenarioRun('keys', '--pnes', '2');
  assert.is(status, 0, report.problems.join('\n'));
  const { confirmed, relayed, ...figures } = report.scenario.figures;
  assert.equal(figures, { lost: 0, doubled: 0, readByTheGateway: 0 });
  // A request, a user key and its proof, and a group's key and its proof of each.
  assert.ok(relayed! >= 10, String(relayed));
  assert.is(report.scenario.steps.filter(({ what }) => what === 'shows that it has it').length, 2);
});

test('it comes out badly where the gateway has what the server has', async () => {
  class Shared extends Stage {
    private ofServer: RecordObserver | undefined;

    override observe(program: string, observer: RecordObserver): void {
      super.observe(program, observer);
      const { ofServer } = this;
      this.ofServer = observer;
      if (ofServer === undefined) return;
      super.observe(SERVER, {
        onSealed: ofServer.onSealed,
        onOpened(seen): void {
          ofServer.onOpened(seen);
          observer.onOpened(seen);
        },
      });
    }
  }
  const { status, problems } = await playedOn(Shared, 'keys', 1);
  assert.is(status, 1);
  assert.match(problems.join('\n'), /^readByTheGateway: [1-9]\d*, and not 0$/);
});

test.run();
