// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTimers } from '../delivery/timers.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { ControlKind, topicOf } from './gateway-control.ts';
import { Statements } from './statements.ts';

const test = suite('statements');
const { maxSilentResends, maxStatementsUnderWay } = ImplementationLimits;
const withdrawn = (pneId: string) => ({ kind: ControlKind.withdrawn, pneId });

function create() {
  const timers = createTimers();
  const sent: string[] = [];
  const silences: number[] = [];
  const statements = new Statements({
    after: timers.after,
    random: () => 0,
    send: (number, statement) => sent.push(`${number} ${topicOf(statement).slice(2)}`),
    onSilence: () => silences.push(sent.length),
  });
  return { timers, sent, silences, statements };
}

test('a statement is sent until it is confirmed', () => {
  const { timers, sent, statements } = create();
  statements.state(withdrawn('a'));
  timers.fire();
  assert.equal(sent, ['0 a', '0 a']);
  statements.confirm(0);
  assert.equal(timers.running, []);
});

test('a newer statement of a topic takes the place of the older, of which a confirmation says nothing', () => {
  const { timers, sent, statements } = create();
  statements.state(withdrawn('a'));
  statements.state(withdrawn('a'));
  statements.confirm(0);
  timers.fire();
  assert.equal(sent, ['0 a', '1 a', '1 a']);
});

test('what is no longer so is not sent again', () => {
  const { timers, sent, statements } = create();
  statements.state(withdrawn('a'));
  statements.retract(withdrawn('a'));
  timers.fire();
  assert.equal([sent, timers.running], [['0 a'], []]);
});

test('few are under way at a time, and the others follow in their order', () => {
  const { sent, statements } = create();
  const names = Array.from({ length: maxStatementsUnderWay + 2 }, (_, index) => `pne-${index}`);
  for (const name of names) statements.state(withdrawn(name));
  assert.is(sent.length, maxStatementsUnderWay);
  statements.confirm(3);
  statements.retract(withdrawn('pne-0'));
  assert.equal(
    sent,
    names.map((name, number) => `${number} ${name}`),
  );
});

test('where nothing at all is heard that is told once, and nothing more is sent', () => {
  const { timers, sent, silences, statements } = create();
  statements.state(withdrawn('a'));
  for (let round = 0; round < 2 * maxSilentResends; round += 1) timers.fire();
  assert.equal([sent.length, silences], [maxSilentResends + 1, [maxSilentResends + 1]]);
});

test('while something is heard it goes on', () => {
  const { timers, sent, silences, statements } = create();
  statements.state(withdrawn('a'));
  for (let round = 0; round < 9; round += 1) {
    statements.heard += 1;
    timers.fire();
  }
  assert.equal([sent.length, silences], [10, []]);
});

test('with the link all of it ends', () => {
  const { timers, statements } = create();
  for (let count = 0; count < 20; count += 1) statements.state(withdrawn(`pne-${count}`));
  statements.close();
  assert.equal(timers.running, []);
});

test.run();
