// SPDX-License-Identifier: Apache-2.0

/** EDHOC-PSK against bytes that were changed, forged, repeated or come at the wrong time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex } from '../../bytes/hex.ts';
import { ImplementationLimits } from '../../limits.ts';
import { createCountingProvider } from '../counting-provider.testing.ts';
import { C_I, C_R, createProvider, flipBit, outcome } from '../test-fixture.ts';
import { createPskInitiator } from './initiator.ts';
import { begin, createPskEnds, keyOf, STRIDE } from './psk.testing.ts';
import { createPskResponder } from './responder.ts';

const test = suite('EDHOC-PSK, hostile');

test('who has not the key cannot confirm', () => {
  const ends = createPskEnds();
  const impostor = createPskResponder({ provider: createProvider(3), version: 8, suites: [0] });
  const waiting = ends.initiator.start({ connectionId: C_I });
  const answer = impostor.receive(waiting.message).respond({ connectionId: C_R });
  const unconfirmed = waiting.receive(answer.message).finish();
  const claimed = answer.receive(unconfirmed.message);
  assert.is(
    outcome(() => claimed.verify(keyOf(createProvider(3), 8))),
    'badArgument',
  );
  for (const forged of [unconfirmed.message, new Uint8Array(9), fromHex('480000000000000000')]) {
    assert.is.not(
      outcome(() => unconfirmed.receive(forged)),
      'accepted',
    );
  }
});

test('every bit of messages 3 and 4 flipped is refused, and the true ones complete', () => {
  const ends = createPskEnds();
  const { waiting, answer } = begin(ends);
  const unconfirmed = waiting.receive(answer.message).finish();
  const verify = (bytes: Uint8Array) => answer.receive(bytes).verify(ends.psk);
  for (let bit = 0; bit < 8 * unconfirmed.message.length; bit += STRIDE) {
    assert.is.not(
      outcome(() => verify(flipBit(unconfirmed.message, bit))),
      'accepted',
      `message_3 ${bit}`,
    );
  }
  const { message } = verify(unconfirmed.message).answer();
  for (let bit = 0; bit < 8 * message.length; bit += STRIDE) {
    assert.is.not(
      outcome(() => unconfirmed.receive(flipBit(message, bit))),
      'accepted',
      `message_4 ${bit}`,
    );
  }
  unconfirmed.receive(message);
});

test('every bit of messages 1 and 2 flipped leaves no confirmed end', () => {
  const ends = createPskEnds();
  const complete = (first: (bytes: Uint8Array) => Uint8Array, second: (bytes: Uint8Array) => Uint8Array) => {
    const waiting = ends.initiator.start({ connectionId: C_I });
    const answer = ends.responder.receive(first(waiting.message)).respond({ connectionId: C_R });
    const unconfirmed = waiting.receive(second(answer.message)).finish();
    unconfirmed.receive(answer.receive(unconfirmed.message).verify(ends.psk).answer().message);
  };
  const same = (bytes: Uint8Array) => bytes;
  for (let bit = 0; bit < 8 * 37; bit += STRIDE) {
    const change = (bytes: Uint8Array) => flipBit(bytes, bit);
    assert.is.not(
      outcome(() => complete(change, same)),
      'accepted',
      `message_1 ${bit}`,
    );
    if (bit < 8 * 35)
      assert.is.not(
        outcome(() => complete(same, change)),
        'accepted',
        `message_2 ${bit}`,
      );
  }
  complete(same, same);
});

test('a forged message_2 that was answered does not keep the true one away', () => {
  const ends = createPskEnds();
  const impostor = createPskResponder({ provider: createProvider(3), version: 8, suites: [0] });
  const { waiting, answer } = begin(ends);
  const forged = impostor.receive(waiting.message).respond({ connectionId: C_R }).message;
  const astray = waiting.receive(forged).finish();
  const unconfirmed = waiting.receive(answer.message).finish();
  const { message } = answer.receive(unconfirmed.message).verify(ends.psk).answer();
  assert.is(
    outcome(() => astray.receive(message)),
    'decryptionFailure',
  );
  unconfirmed.receive(message);
});

test('a handshake that its owner has closed answers no message_2', () => {
  const { waiting, answer } = begin(createPskEnds());
  waiting.close();
  assert.is(
    outcome(() => waiting.receive(answer.message)),
    'stateInvalid',
  );
});

test('no message_2 is answered twice, and no more than a few are', () => {
  const ends = createPskEnds();
  const { waiting, answer } = begin(ends);
  const unconfirmed = waiting.receive(answer.message).finish();
  assert.is(unconfirmed.answerTo(answer.message), unconfirmed.message);
  assert.is(
    outcome(() => waiting.receive(answer.message)),
    'stateInvalid',
  );
  const another = () => ends.responder.receive(waiting.message).respond({ connectionId: C_R }).message;
  for (let answers = 1; answers < ImplementationLimits.pskMaxAnswers; answers++) {
    waiting.receive(another()).finish();
  }
  assert.is(
    outcome(() => waiting.receive(another())),
    'stateInvalid',
  );
});

test('a step is taken once, and a closed state takes nothing', () => {
  const ends = createPskEnds();
  const { waiting, answer } = begin(ends);
  const message2 = waiting.receive(answer.message);
  const later = waiting.receive(answer.message);
  assert.is(
    outcome(() => message2.finish()),
    'stateInvalid',
  );
  const unconfirmed = later.finish();
  assert.is(
    outcome(() => later.finish()),
    'stateInvalid',
  );
  assert.is(
    outcome(() => waiting.receive(answer.message)),
    'stateInvalid',
  );
  const verified = answer.receive(unconfirmed.message).verify(ends.psk);
  answer.close();
  assert.is(
    outcome(() => verified.answer()),
    'stateInvalid',
  );
  assert.is(
    outcome(() => answer.receive(unconfirmed.message)),
    'stateInvalid',
  );
});

test('closed handshakes leave no key behind', () => {
  const [here, there] = [
    createCountingProvider(createProvider(1)),
    createCountingProvider(createProvider(2)),
  ];
  const options = { version: 8, suites: [0] } as const;
  const psk = keyOf(here.provider, 7);
  const initiator = createPskInitiator({ ...options, suite: 0, provider: here.provider, psk });
  const responder = createPskResponder({ ...options, provider: there.provider });
  const theirs = keyOf(there.provider, 7);
  const waiting = initiator.start({ connectionId: C_I });
  const answer = responder.receive(waiting.message).respond({ connectionId: C_R });
  const unconfirmed = waiting.receive(answer.message).finish();
  answer.receive(unconfirmed.message).verify(theirs);
  waiting.close();
  unconfirmed.close();
  answer.close();
  // The pre-shared key itself is the owner's.
  assert.equal([here.alive(), there.alive()], [1, 1]);
});

test.run();
