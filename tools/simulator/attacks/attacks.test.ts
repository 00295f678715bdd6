// SPDX-License-Identifier: Apache-2.0

/** Every attack on a network at work, whose PNEs are roles in this process, and without the protection. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Reason } from '../../../src/refusal.ts';
import { Attempt } from './attempt.ts';
import { clauseOf, readSpec } from './clauses.ts';
import { AttackDesk } from './desk.ts';
import { ATTACKS } from './table.ts';
import { startTarget, type TestTarget } from './target.testing.ts';

const test = suite('simulator/attacks');

/** By which the network refuses each; nothing has to be refused where something is missing. */
const REASONS: Readonly<Record<string, string | undefined>> = {
  eavesdrop: 'decryptionFailure',
  flip: 'decryptionFailure',
  drop: undefined,
  replay: 'replay',
  inject: 'decryptionFailure',
  middle: 'CONFIRM_VALUE_FAILED',
  'downgrade-suites': 'suiteNotSupported',
  'downgrade-mechanisms': 'mechanismNotSupported',
  clone: 'epochBehind',
  rollback: 'epochBehind',
  'hostile-gateway': 'decryptionFailure',
  flood: 'queueFull',
  'stolen-grant': 'subjectMismatch',
  'expired-grant': 'grantExpired',
};

const SPEC = readSpec();

let desk: AttackDesk;
let network: TestTarget;

test.before(async () => {
  desk = new AttackDesk(ATTACKS, () => undefined);
  network = await startTarget(desk.taps);
  desk.begin(network.target);
});
test.after(() => network.close());

test('each attack has a reason here', () => {
  assert.equal(
    ATTACKS.map(({ name }) => name),
    Object.keys(REASONS),
  );
});

for (const { name, clause } of ATTACKS.filter(({ name }) => name !== 'middle')) {
  test(`${name}: refused by a line of SPEC.md; no reading is lost, doubled or altered; the control works`, async () => {
    for (const view of await Promise.all(
      name === 'drop' ? [desk.launch(name)] : [desk.launch(name), desk.launch(name)],
    )) {
      assert.is(view.status, 'refused', view.lines.join('; '));
      assert.is(view.reason?.name, REASONS[name]);
      if (view.reason !== undefined)
        assert.is(view.reason.number, Reason[view.reason.name as keyof typeof Reason]);
      const { lost, doubled, altered } = view.fared!;
      assert.equal([lost, doubled, altered], [0, 0, 0]);
      assert.ok(view.control !== '');
      assert.is(view.clause, clauseOf(clause, SPEC).id);
    }
  });
}

test('middle: the control works; without a radio nobody pairs (with one: command.test.ts)', async () => {
  assert.match(await ATTACKS.find(({ name }) => name === 'middle')!.control(), /took it for its gateway/);
  const { status, lines } = await desk.launch('middle');
  assert.equal([status, lines], ['failed', ['PNEs pair by Bluetooth LE alone: run with --link ble']]);
});

test('docs/simulator.md has a row for each, with its reason', () => {
  const document = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
  for (const [name, reason = 'none'] of Object.entries(REASONS))
    assert.match(document, new RegExp(`^\\| \`${name}\`: [^|]*\\| \`?${reason}`, 'm'));
});

test('the network goes on after all of it', async () => {
  const attempt = new Attempt(network.target);
  const { pne } = await attempt.arrival();
  attempt.end();
  assert.ok(['pne-1', 'pne-2'].includes(pne));
});

test('a line that SPEC.md does not have is none', () => {
  assert.throws(
    () => clauseOf('replay', '## RFC 8613\n| 7.5 | another | | | met |'),
    /no line RFC 8613, 7.4/,
  );
  assert.is(clauseOf('replay', '## RFC 8613, OSCORE\n| 7.4 | a `window` | x |').asks, 'a window');
});

test.run();
