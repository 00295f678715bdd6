// SPDX-License-Identifier: Apache-2.0

/** The states of a handshake: each is left once, and what it keeps is bounded. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { none } from './handshake.testing.ts';
import { C_I, C_R, createEnds, outcome, run, runToMessage3 } from './test-fixture.ts';

const test = suite('handshake states');

test('sent messages are stored: asked again they are the same bytes', () => {
  const ends = createEnds();
  const { waiting, answer, unconfirmed, answered } = run(ends);
  assert.is(answer.answerTo(waiting.message), answer.message);
  assert.is(unconfirmed.answerTo(answer.message), unconfirmed.message);
  assert.is(answered.answerTo(unconfirmed.message), answered.message);
  for (const other of [none, waiting.message, answered.message]) {
    assert.is(unconfirmed.answerTo(other), undefined);
    assert.is(answered.answerTo(other), undefined);
  }
  assert.is(answer.answerTo(answer.message), undefined);
});

test('a step is taken once', () => {
  const ends = createEnds();
  const states = runToMessage3(ends);
  const answered = states.verifiedInitiator.answer();
  states.unconfirmed.receive(answered.message);
  for (const again of [
    () => states.waiting.receive(states.answer.message),
    () => states.waiting.retry([2]),
    () => states.verifiedResponder.finish(),
    () => states.unconfirmed.receive(answered.message),
    () => states.unconfirmed.confirm(() => undefined),
    () => states.answer.receive(states.unconfirmed.message),
    () => states.verifiedInitiator.answer(),
    () => states.verifiedInitiator.conclude(),
  ]) {
    assert.is(outcome(again), 'stateInvalid');
  }
});

test('a closed state takes nothing', () => {
  const ends = createEnds();
  const waiting = ends.initiator.start({ connectionId: C_I });
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  const claimed = waiting.receive(answer.message);
  waiting.close();
  waiting.close();
  answer.close();
  assert.is(
    outcome(() => waiting.receive(answer.message)),
    'stateInvalid',
  );
  assert.is(
    outcome(() => claimed.verify(ends.responderIdentity.credential)),
    'stateInvalid',
  );
  assert.is(
    outcome(() => answer.receive(answer.message)),
    'stateInvalid',
  );
  const { unconfirmed, verifiedInitiator } = runToMessage3(ends);
  unconfirmed.close();
  assert.is(
    outcome(() => unconfirmed.receive(verifiedInitiator.answer().message)),
    'stateInvalid',
  );
});

test('an established end that is closed exports nothing', () => {
  const { here } = run(createEnds());
  here.close();
  here.close();
  assert.is(
    outcome(() => here.securityContext()),
    'keyWiped',
  );
  assert.is(
    outcome(() => here.updateKey(none)),
    'keyWiped',
  );
});

test('messages longer than a half-open handshake keeps are refused, and not made', () => {
  const ends = createEnds();
  const long = { label: 1, critical: false, value: new Uint8Array(2048) };
  assert.is(
    outcome(() => ends.initiator.start({ connectionId: C_I, ead1: [long] })),
    'tooLong',
  );
  assert.is(
    outcome(() => ends.responder.receive(new Uint8Array(2049))),
    'tooLong',
  );
  const waiting = ends.initiator.start({ connectionId: C_I });
  const received = ends.responder.receive(waiting.message);
  assert.is(
    outcome(() => received.respond({ connectionId: C_R, ead2: [long] })),
    'tooLong',
  );
  assert.is(
    outcome(() => waiting.receive(new Uint8Array(2049))),
    'tooLong',
  );
  const answer = received.respond({ connectionId: C_R });
  assert.is(
    outcome(() => answer.receive(new Uint8Array(2049))),
    'tooLong',
  );
});

test.run();
