// SPDX-License-Identifier: Apache-2.0

/** Answers that come late are none to a later registration. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTimers } from '../delivery/timers.testing.ts';
import type { Message } from './message.ts';
import { PneRegistration } from './pne-registration.ts';
import { Status } from './status.ts';

const test = suite('PNE registration');

function create() {
  const timers = createTimers();
  const events: string[] = [];
  const sent: Message[] = [];
  const registration = new PneRegistration({
    pneId: 'pne-1',
    boots: { epoch: 0, write: (epoch) => events.push(`stored ${epoch}`) },
    pace: { after: timers.after, random: () => 0, heard: 0 },
    fillRandom: (target) => target.fill(1),
    contents: () => ({ epoch: 0, next: 0 }),
    send: (message) => sent.push(message),
    onRegistered: (epoch) => events.push(`registered, contents ${epoch}`),
    onTurnedAway: () => events.push('turned away'),
    onEpochLeft: () => events.push('left'),
    onSilence: () => events.push('silence'),
    onRefused: (reason) => events.push(reason),
  });
  registration.start();
  return { registration, timers, events, sent };
}

test('it leaves an epoch that is behind, and is registered in the next', () => {
  const { registration, timers, events, sent } = create();
  registration.handle({ status: Status.epochBehind, answered: 1, epoch: 7 });
  assert.not(registration.isDone);
  registration.handle({ status: Status.ok, answered: 8, epoch: 3 });
  assert.equal(events, ['stored 1', 'epochBehind', 'left', 'stored 8', 'registered, contents 3']);
  assert.ok(registration.isDone);
  assert.is(sent.length, 2);
  assert.equal(timers.running, []);
});

test('that the epoch before was behind says nothing of this one, though the server knows this one by now', () => {
  const { registration, events } = create();
  registration.handle({ status: Status.epochBehind, answered: 1, epoch: 7 });
  registration.handle({ status: Status.ok, answered: 8, epoch: 3 });
  registration.handle({ status: Status.epochBehind, answered: 1, epoch: 8 });
  assert.is(events[events.length - 1], 'registered, contents 3');
  assert.ok(registration.isDone);
});

test('that the epoch before was registered does not open this one', () => {
  const { registration, events } = create();
  registration.handle({ status: Status.epochBehind, answered: 1, epoch: 7 });
  registration.handle({ status: Status.ok, answered: 1, epoch: 3 });
  assert.not(registration.isDone);
  assert.is(events[events.length - 1], 'stored 8');
});

test('without a grant it is turned away, and asks again a minute later', () => {
  const { registration, timers, events, sent } = create();
  registration.handle({ status: Status.notAuthorized, answered: 1, epoch: 1 });
  assert.equal(events, ['stored 1', 'turned away', 'notAuthorized']);
  assert.not(registration.isDone);
  assert.equal(timers.running, [60_000]);
  timers.fire();
  assert.is(sent.length, 2);
  registration.handle({ status: Status.ok, answered: 1, epoch: 3 });
  assert.ok(registration.isDone);
});

test('a session in which it has registered already can be turned away too', () => {
  const { registration, events } = create();
  registration.handle({ status: Status.ok, answered: 1, epoch: 3 });
  registration.handle({ status: Status.notAuthorized, answered: 1, epoch: 1 });
  assert.not(registration.isDone);
  assert.equal(events.slice(2), ['turned away', 'notAuthorized']);
});

test('a server that does not answer is silent after four times', () => {
  const { timers, events, sent } = create();
  for (let round = 0; round < 6; round += 1) timers.fire();
  assert.equal(events, ['stored 1', 'silence']);
  assert.is(sent.length, 4);
});

test.run();
