// SPDX-License-Identifier: Apache-2.0

/** Messages that were changed, repeated, reordered or reflected, and floods of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { assertCompletes, begin, PNE_KID } from './attacks.testing.ts';
import { createCountingProvider } from './counting-provider.testing.ts';
import { decodeError, errorFor } from './error-message.ts';
import { createInitiator } from './initiator.ts';
import { decodeMessage1, encodeMessage1 } from './message-1.ts';
import { createResponder } from './responder.ts';
import {
  C_I,
  C_R,
  createEnds,
  createIdentity,
  createProvider,
  flipBit,
  outcome,
  run,
  runToMessage3,
} from './test-fixture.ts';

const test = suite('tampering');

test('a suite downgrade is seen in the transcript', () => {
  const provider = createProvider(1);
  const identities = [createIdentity(provider, Curve.P256, 'pne', PNE_KID)];
  const ends = createEnds();
  const both = [3, 2];
  const initiator = createInitiator({ provider, method: 3, suites: both, identities });
  const responder = createResponder({ ...ends.responderOptions, suites: both });
  // A forged SUITES_R talks the Initiator into suite 2: the honest Responder likes 3 as well, and says so.
  const first = initiator.start({ connectionId: C_I });
  const talkedInto = first.retry([2]);
  assert.is(
    outcome(() => responder.receive(talkedInto.message)),
    'suiteNotSupported',
  );
  assert.equal(decodeError(errorFor('suiteNotSupported', both)), { code: 2, suitesR: both });
  // Cutting suite 3 from the offer gets past the Responder, but not past TH_2.
  const cut = encodeMessage1({ ...decodeMessage1(talkedInto.message, []), suites: [2] }, []);
  const answer = responder.receive(cut).respond({ connectionId: C_R });
  const downgraded = outcome(() =>
    talkedInto.receive(answer.message).verify(ends.responderIdentity.credential),
  );
  assert.is.not(downgraded, 'accepted');
  const truth = responder.receive(first.message).respond({ connectionId: C_R });
  first.receive(truth.message).verify(ends.responderIdentity.credential).finish();
});

test('a method that was changed on the way is refused', () => {
  const ends = createEnds();
  const responder = createResponder({ ...ends.responderOptions, methods: [0, 1, 2, 3] });
  for (const method of [0, 1, 2]) {
    const waiting = ends.initiator.start({ connectionId: C_I });
    const changed = concatBytes(Uint8Array.of(method), waiting.message.subarray(1));
    assert.is(
      outcome(() => ends.responder.receive(changed)),
      'methodNotSupported',
    );
    const answer = responder.receive(changed).respond({ connectionId: C_R });
    const verified = outcome(() => waiting.receive(answer.message).verify(ends.responderIdentity.credential));
    assert.is.not(verified, 'accepted');
  }
});

test('replayed messages of an earlier handshake are refused', () => {
  const ends = createEnds();
  const earlier = run(ends);
  const started = begin(ends);
  const replayed2 = outcome(() =>
    started.waiting.receive(earlier.answer.message).verify(ends.responderIdentity.credential),
  );
  assert.is.not(replayed2, 'accepted');
  assert.is(
    outcome(() => started.answer.receive(earlier.unconfirmed.message)),
    'decryptionFailure',
  );
  const unconfirmed = started.waiting
    .receive(started.answer.message)
    .verify(ends.responderIdentity.credential)
    .finish();
  assert.is(
    outcome(() => unconfirmed.receive(earlier.answered.message)),
    'decryptionFailure',
  );
  const { message } = started.answer
    .receive(unconfirmed.message)
    .verify(ends.initiatorIdentity.credential)
    .answer();
  unconfirmed.receive(message);
});

test('a replayed message_1 gets a message_2 of its own, and no further', () => {
  const ends = createEnds();
  const { waiting, answer, unconfirmed } = runToMessage3(ends);
  const again = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  assert.not.equal(again.message, answer.message);
  assert.is(
    outcome(() => again.receive(unconfirmed.message)),
    'decryptionFailure',
  );
});

test('messages out of order are refused', () => {
  const ends = createEnds();
  const states = run(ends);
  const messages = [states.waiting, states.answer, states.unconfirmed, states.answered].map(
    ({ message }) => message,
  );
  const started = begin(ends);
  for (const [i, message] of messages.entries()) {
    if (i !== 0)
      assert.is.not(
        outcome(() => ends.responder.receive(message)),
        'accepted',
        `message_${i + 1}`,
      );
    if (i !== 1)
      assert.is.not(
        outcome(() => started.waiting.receive(message)),
        'accepted',
        `message_${i + 1}`,
      );
    assert.is.not(
      outcome(() => started.answer.receive(message)),
      'accepted',
      `message_${i + 1}`,
    );
  }
  assertCompletes(ends, started);
});

test('reflected messages are refused', () => {
  const ends = createEnds();
  const started = begin(ends);
  assert.is(
    outcome(() => started.waiting.receive(started.waiting.message)),
    'wrongType',
  );
  assert.is(
    outcome(() => started.answer.receive(started.answer.message)),
    'decryptionFailure',
  );
  const unconfirmed = started.waiting
    .receive(started.answer.message)
    .verify(ends.responderIdentity.credential)
    .finish();
  assert.is(
    outcome(() => unconfirmed.receive(unconfirmed.message)),
    'decryptionFailure',
  );
});

test('a flood of messages 1 costs no cryptography before the owner answers', () => {
  const ends = createEnds();
  const { message } = ends.initiator.start({ connectionId: C_I });
  const idle = forbidden(ends.responderOptions.provider);
  const responder = createResponder({ ...ends.responderOptions, provider: idle });
  for (let i = 0; i < 1000; i++) {
    const { ead1, suite: number, peerConnectionId } = responder.receive(message);
    assert.equal([ead1.length, number, peerConnectionId.length], [0, 2, 1]);
  }
});

test('a closed half-open handshake leaves no key behind', () => {
  const ends = createEnds();
  const waiting = ends.initiator.start({ connectionId: C_I });
  const counting = createCountingProvider(ends.responderOptions.provider);
  const responder = createResponder({ ...ends.responderOptions, provider: counting.provider });
  for (let i = 0; i < 5; i++) responder.receive(waiting.message).respond({ connectionId: C_R }).close();
  assert.ok(counting.made() > 0);
  assert.is(counting.alive(), 0);
});

test('refused messages leave no key behind', () => {
  const ends = createEnds();
  const counting = createCountingProvider(ends.initiatorOptions.provider);
  const initiator = createInitiator({ ...ends.initiatorOptions, provider: counting.provider });
  const waiting = initiator.start({ connectionId: C_I });
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  const alive = counting.alive();
  for (let bit = 0; bit < 8; bit++) {
    const changed = flipBit(answer.message, 8 * (answer.message.length - 1) + bit);
    outcome(() => waiting.receive(changed).verify(ends.responderIdentity.credential));
  }
  // One claim is kept until the next: its PRK_2e.
  assert.ok(counting.alive() - alive <= 1);
  const unconfirmed = waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
  unconfirmed.close();
  assert.is(counting.alive(), 0);
});

/** A provider of which nothing but lengths may be asked. */
function forbidden(provider: CryptoProvider): CryptoProvider {
  const refuseCall = () => assert.unreachable('no cryptography before the owner answers');
  return {
    ...provider,
    hash: refuseCall as never,
    extract: refuseCall as never,
    expand: refuseCall as never,
    expandSecret: refuseCall as never,
    agree: refuseCall as never,
    generateKey: refuseCall as never,
    fillRandom: refuseCall as never,
  };
}

test.run();
