// SPDX-License-Identifier: Apache-2.0

/** Attacks from the command line, on a PNE on XS that is on the air: what the document says, and the exit status. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { workplaceOf } from '../process.testing.ts';
import { exitStatus } from '../report.ts';
import type { RunResult } from '../run-options.ts';
import { AttackDesk } from './desk.ts';
import { ATTACKS } from './table.ts';

const test = suite('npm start -- --attack');
const { start } = workplaceOf(test);

const WHOLE: RunResult = {
  ...{ pnes: [], skipped: [], skippedCount: 0, missing: [], underWay: 0, problems: [], agreements: [] },
  ...{ group: undefined, isGroupShown: true },
};

interface Document {
  readonly ok: boolean;
  readonly attacks: readonly Record<string, unknown>[];
}

test('reasons, lines of SPEC.md and controls; one that could not be tried is not refused', async () => {
  const names = ['flip', 'middle', 'clone'];
  const run = start('--once', '--json', '--attack', names.join(), '--pnes', '1', '--link', 'ble');
  const { status, stdout } = await run.ended;
  assert.is(status, 1);
  const { ok, attacks } = JSON.parse(stdout) as Document;
  assert.is(ok, false);
  assert.equal(
    attacks.map(({ name, refused, reason, clause }) => [name, refused, reason, clause]),
    [
      ['flip', true, { name: 'decryptionFailure', number: 44 }, 'CPNS, INT-3'],
      [
        'middle',
        true,
        { name: 'CONFIRM_VALUE_FAILED', number: 4 },
        'Bluetooth Core Specification, Vol 3 Part H 2.3.5',
      ],
      ['clone', false, null, 'Delivery, clones and rolled-back stores'],
    ],
  );
  const works = attacks.map(({ control }) => (control as { works: boolean }).works);
  assert.equal(works, [true, true, false]);
  assert.equal(attacks[1]!.seen, [
    'at the gateway: pairing: CONFIRM_VALUE_FAILED',
    'at the PNE: refused: pairing: CONFIRM_VALUE_FAILED',
  ]);
  assert.equal(attacks[2]!.seen, ['the only PNE has joined by a code: run with --pnes 2 or more']);
});

for (const [became, status] of [
  ['refused', 0],
  ['succeeded', 1],
  ['failed', 1],
] as const)
  test(`where one attack is ${became} and the others are refused the exit status is ${status}`, () => {
    const { views } = new AttackDesk(ATTACKS, () => undefined);
    const [first, ...others] = views;
    const attacks = [
      { ...first!, status: became },
      ...others.map((view) => ({ ...view, status: 'refused' as const })),
    ];
    assert.is(exitStatus(WHOLE, undefined, attacks), status);
  });

test('where a run was interrupted before its attacks, that is its exit status', () => {
  const { views } = new AttackDesk(ATTACKS, () => undefined);
  assert.is(exitStatus(WHOLE, 130, views), 130);
});

test.run();
