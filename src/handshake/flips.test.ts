// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { C_I, C_R, createEnds, type Ends, flipBit, outcome, run } from './test-fixture.ts';

/** Every bit of every message of a handshake, flipped. XS takes a prime share of them: curves are slow there. */
const STRIDE = Reflect.has(globalThis, 'process') ? 1 : 13;

/** There in Node and in our XS host alike. */
declare const console: { log(line: string): void };

const test = suite('flipped bits');

/** Runs `receive` on the message with each bit flipped, and returns how many there were. */
function flipAll(message: Uint8Array, receive: (changed: Uint8Array) => void): number {
  let flips = 0;
  for (let bit = 0; bit < 8 * message.length; bit += STRIDE) {
    assert.is.not(
      outcome(() => receive(flipBit(message, bit))),
      'accepted',
      `bit ${bit}`,
    );
    flips += 1;
  }
  return flips;
}

function begin(ends: Ends) {
  const waiting = ends.initiator.start({ connectionId: C_I });
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  return { waiting, answer };
}

for (const [method, number] of [
  [3, 2],
  [0, 0],
] as const) {
  const name = `method ${method}, suite ${number}`;

  test(`${name}: message_1 is refused by the Responder, or its answer by the Initiator`, () => {
    const ends = createEnds(method, number);
    const { waiting, answer } = begin(ends);
    const flips = flipAll(waiting.message, (changed) => {
      const changedAnswer = ends.responder.receive(changed).respond({ connectionId: C_R });
      waiting.receive(changedAnswer.message).verify(ends.responderIdentity.credential);
    });
    report(name, 'message_1', flips, 37);
    waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
  });

  test(`${name}: message_2 is refused, and the true one still completes`, () => {
    const ends = createEnds(method, number);
    const { waiting, answer } = begin(ends);
    const verify = (bytes: Uint8Array) => waiting.receive(bytes).verify(ends.responderIdentity.credential);
    report(name, 'message_2', flipAll(answer.message, verify), method === 3 ? 45 : 102);
    const { message } = verify(answer.message).finish();
    answer.receive(message).verify(ends.initiatorIdentity.credential).answer();
  });

  test(`${name}: message_3 is refused, and the true one still completes`, () => {
    const ends = createEnds(method, number);
    const { waiting, answer } = begin(ends);
    const unconfirmed = waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
    const verify = (bytes: Uint8Array) => answer.receive(bytes).verify(ends.initiatorIdentity.credential);
    report(name, 'message_3', flipAll(unconfirmed.message, verify), method === 3 ? 19 : 77);
    unconfirmed.receive(verify(unconfirmed.message).answer().message);
  });

  test(`${name}: message_4 is refused, and the true one still confirms`, () => {
    const ends = createEnds(method, number);
    const { waiting, answer } = begin(ends);
    const unconfirmed = waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
    const verified = answer.receive(unconfirmed.message).verify(ends.initiatorIdentity.credential);
    const { message } = verified.answer();
    report(
      name,
      'message_4',
      flipAll(message, (changed) => unconfirmed.receive(changed)),
      9,
    );
    unconfirmed.receive(message);
  });

  test(`${name}: messages cut or lengthened are refused`, () => {
    const states = run(createEnds(method, number));
    const ends = createEnds(method, number);
    const { waiting, answer } = begin(ends);
    for (const length of [0, 1, states.answer.message.length - 1]) {
      assert.is.not(
        outcome(() => waiting.receive(answer.message.subarray(0, length))),
        'accepted',
      );
      assert.is.not(
        outcome(() => ends.responder.receive(waiting.message.subarray(0, Math.min(length, 36)))),
        'accepted',
      );
    }
    for (const longer of [answer.message, states.unconfirmed.message]) {
      const lengthened = new Uint8Array(longer.length + 1);
      lengthened.set(longer);
      assert.is(
        outcome(() => waiting.receive(lengthened)),
        'trailingBytes',
      );
      assert.is(
        outcome(() => answer.receive(lengthened)),
        'trailingBytes',
      );
    }
  });
}

function report(name: string, message: string, flips: number, length: number): void {
  console.log(`  ${name}, ${message}: ${flips} of ${8 * length} bits`);
  assert.is(flips, Math.ceil((8 * length) / STRIDE), `${message} has ${length} bytes`);
}

test.run();
