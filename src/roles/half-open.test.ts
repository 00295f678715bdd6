// SPDX-License-Identifier: Apache-2.0

/** Who has a place among the half-open handshakes of a link, and who makes room. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isError } from '../handshake/error-message.ts';
import { decodeMessage1, encodeMessage1 } from '../handshake/message-1.ts';
import { halfOpenGraceMs, halfOpenLifetimeMs } from '../handshake/retransmission.ts';
import { ImplementationLimits } from '../limits.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { NEGOTIATION_EAD_LABEL } from '../negotiation/ead.ts';
import { createTestInitiator, createTestResponder, PNE_END } from './ends.testing.ts';

const test = suite('half-open handshakes');

const PLACES = ImplementationLimits.maxHalfOpenPerPeer;
const { handshakeFirstTimeoutMs } = ImplementationLimits;
/** After which whoever has no answer has sent again, whatever its jitter. */
const RESENT_MS = 1.5 * handshakeFirstTimeoutMs;

/** message_1 of somebody who will send nothing else. Each is unlike the others. */
function strangers(): () => Uint8Array {
  const [message1] = createTestInitiator().sent;
  const { ead1, ...message } = decodeMessage1(message1!, [NEGOTIATION_EAD_LABEL]);
  let number = 0;
  return () => {
    number += 1;
    const value = Uint8Array.of(number >> 16, (number >> 8) & 0xff, number & 0xff);
    return encodeMessage1(message, [...ead1.items, { label: 0, critical: false, value }]);
  };
}

type Responder = ReturnType<typeof createTestResponder>;
type Initiator = ReturnType<typeof createTestInitiator>;

/** A responder, an initiator whose messages the test passes on, and strangers that send without a pause. */
function crowd() {
  const clock = new VirtualTime();
  const responder = createTestResponder(undefined, { clock });
  const stranger = strangers();
  let isFlooded = false;

  function flood(): void {
    if (!isFlooded) return;
    responder.receive(stranger());
    clock.after(100, flood);
  }

  return {
    clock,
    responder,
    stranger,
    newPne: () => createTestInitiator(PNE_END, { clock }),
    startFlood(): void {
      isFlooded = true;
      for (let count = 0; count < 100; count += 1) responder.receive(stranger());
      flood();
    },
    endFlood(): void {
      isFlooded = false;
    },
  };
}

/** Gives the latest message of `from` to `to`, and returns whether the answer was none of error. */
function pass(from: Initiator | Responder, to: Initiator | Responder): boolean {
  const before = to.sent.length;
  to.receive(from.sent[from.sent.length - 1]!);
  return to.sent.length > before && !isError(to.sent[to.sent.length - 1]!);
}

/** Lets the answer to the initiator's latest message come, whatever others sent meanwhile. */
function answer(initiator: Initiator, responder: Responder): void {
  assert.ok(pass(initiator, responder));
  pass(responder, initiator);
}

test('a handshake under way completes in a flood, with message_2 lost once and message_3 lost once', () => {
  const { clock, responder, newPne, startFlood } = crowd();
  const pne = newPne();
  assert.ok(pass(pne, responder));
  startFlood();
  clock.pass(RESENT_MS);
  assert.is(pne.sent.length, 2);
  answer(pne, responder);
  assert.is(pne.sent.length, 3);
  clock.pass(RESENT_MS);
  assert.is(pne.sent.length, 4);
  answer(pne, responder);
  assert.is(responder.agreements.length, 1);
  assert.is(pne.agreements.length, 1);
});

test('a flood takes no place before its time, and then the oldest', () => {
  const { clock, responder, newPne, stranger } = crowd();
  const pnes = Array.from({ length: PLACES }, () => {
    const pne = newPne();
    assert.ok(pass(pne, responder));
    clock.pass(10);
    return pne;
  });
  clock.pass(halfOpenGraceMs - 10 * PLACES - 1);
  for (let count = 0; count < 100; count += 1) responder.receive(stranger());
  assert.equal(responder.refusals, Array(100).fill('queueFull'));
  clock.pass(1);
  responder.receive(stranger());
  assert.is(responder.refusals.length, 100);
  assert.is(responder.ids.size, PLACES);
  const messages1 = pnes.map(({ sent }) => sent[0]!);
  assert.equal(
    messages1.map((message1) => knows(responder, message1)),
    [false, true, true, true],
  );
});

test('a message_1 that comes again keeps its place as long again', () => {
  const { clock, responder, newPne, stranger } = crowd();
  const pne = newPne();
  assert.ok(pass(pne, responder));
  for (let count = 1; count < PLACES; count += 1) responder.receive(stranger());
  clock.pass(halfOpenGraceMs - 1);
  responder.receive(pne.sent[0]!);
  clock.pass(halfOpenGraceMs - 1);
  for (let count = 0; count < 100; count += 1) responder.receive(stranger());
  assert.ok(knows(responder, pne.sent[0]!));
});

test('a message_1 that is refused takes no place, whoever is past its time', () => {
  const { clock, responder, newPne, stranger } = crowd();
  const pne = newPne();
  assert.ok(pass(pne, responder));
  for (let count = 1; count < PLACES; count += 1) responder.receive(stranger());
  clock.pass(halfOpenGraceMs);
  const message1 = decodeMessage1(stranger(), [NEGOTIATION_EAD_LABEL]);
  const { items } = message1.ead1;
  const offCurve = new Uint8Array(32).fill(0xff);
  responder.receive(encodeMessage1({ ...message1, gX: offCurve }, items));
  responder.receive(encodeMessage1(message1, []));
  responder.receive(encodeMessage1({ ...message1, method: 0 }, items));
  assert.equal(responder.refusals, ['publicKeyInvalid', 'negotiationMismatch', 'methodNotSupported']);
  assert.is(responder.ids.size, PLACES);
  assert.ok(knows(responder, pne.sent[0]!));
});

test('after a flood whoever begins is let in with its third message_1 at the latest', () => {
  const { clock, responder, newPne, startFlood, endFlood } = crowd();
  startFlood();
  clock.pass(10 * halfOpenGraceMs);
  endFlood();
  const pne = newPne();
  assert.not.ok(pass(pne, responder));
  for (let copy = 2; copy <= 3; copy += 1) {
    const before = pne.sent.length;
    while (pne.sent.length === before) clock.pass(10);
    if (pass(pne, responder)) break;
  }
  pass(responder, pne);
  answer(pne, responder);
  assert.is(pne.agreements.length, 1);
});

test('who completes ends what it began before, and nothing that began later', () => {
  const { clock, responder, newPne } = crowd();
  const [former, current, later] = [newPne(), newPne(), newPne()];
  pass(former, responder);
  pass(responder, former);
  const heldBack = former.sent[former.sent.length - 1]!;
  for (const pne of [current, later]) {
    pass(pne, responder);
    pass(responder, pne);
  }
  answer(current, responder);
  assert.is(current.agreements.length, 1);
  assert.is(responder.ids.size, 2);
  responder.receive(heldBack);
  assert.is(responder.agreements.length, 1);
  answer(later, responder);
  assert.is(later.agreements.length, 1);
  assert.is(responder.ids.size, 1);
  assert.is(runningAt(responder, clock, [former, current, later]), 0);
});

test('a place that nobody wants is kept for its lifetime, and nothing is left of it then', () => {
  const { clock, responder, newPne } = crowd();
  const pne = newPne();
  pass(pne, responder);
  pne.stop();
  clock.pass(halfOpenLifetimeMs - 1);
  assert.ok(knows(responder, pne.sent[0]!));
  clock.pass(1);
  assert.is(responder.ids.size, 0);
  clock.pass(halfOpenGraceMs);
  assert.is(clock.running, 0);
});

test('what is stopped leaves no timer and no identifier', () => {
  const { clock, responder, stranger } = crowd();
  for (let count = 0; count < PLACES; count += 1) responder.receive(stranger());
  assert.is(responder.ids.size, PLACES);
  responder.stop();
  responder.stop();
  assert.is(responder.ids.size, 0);
  assert.is(clock.running, 0);
});

/** Whether the responder answers from store: what is not there would take another identifier. */
function knows(responder: Responder, message1: Uint8Array): boolean {
  const before = responder.sent.length;
  responder.receive(message1);
  const answered = responder.sent[before]!;
  return !isError(answered) && responder.sent.slice(0, before).some((sent) => isSame(sent, answered));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.join() === b.join();
}

/** Timers that are left once the initiators have ended. */
function runningAt(responder: Responder, clock: VirtualTime, initiators: readonly Initiator[]): number {
  for (const { stop } of initiators) stop();
  responder.stop();
  return clock.running;
}

test.run();
