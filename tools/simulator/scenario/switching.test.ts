// SPDX-License-Identifier: Apache-2.0

/** `npm start -- --scenario switching` as a user types it, and with a reading that comes twice. */
import { appendFileSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioRun } from './run.testing.ts';
import { playedOn } from './stage.testing.ts';
import { Stage } from './stage.ts';

const test = suite('simulator/scenario/switching');

test('a PN moves there and back, the former gateway lets nobody in, and no reading is lost or doubled', async () => {
  const { status, report } = await scenarioRun('switching', '--pnes', '2');
  assert.is(status, 0, report.problems.join('\n'));
  const { confirmed, ...figures } = report.scenario.figures;
  assert.equal(figures, { lost: 0, doubled: 0, letInByTheFormer: 0 });
  assert.is(
    confirmed,
    report.pnes.reduce((sum, { received }) => sum + received, 0),
  );
});

test('it comes out badly where the server has a reading twice', async () => {
  class Doubling extends Stage {
    override async admin(at: string, ...words: string[]): Promise<string[]> {
      const readings = this.path('readings');
      const [first] = words[0] === 'grant-gateway' ? readFileSync(readings, 'utf8').split('\n') : [];
      if (first !== undefined) appendFileSync(readings, `${first}\n`);
      return super.admin(at, ...words);
    }
  }
  const { status, problems } = await playedOn(Doubling, 'switching', 1);
  assert.is(status, 1);
  assert.equal(problems, ['doubled: 1, and not 0']);
});

test.run();
