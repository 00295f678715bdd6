// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { createCountingProvider } from './counting-provider.testing.ts';
import { type Credential, createCredentialStore } from './credential.ts';
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
  credentialFor,
  type Ends,
  flipBit,
  outcome,
  run,
  runToMessage3,
} from './test-fixture.ts';

/** Each against the real ends; after each the true messages still complete the handshake. */
const test = suite('attacks');
const OTHER_KID = Uint8Array.of(0x11);
const PNE_KID = Uint8Array.of(0x2b);
const GATEWAY_KID = Uint8Array.of(0x32);

/** An Initiator and a Responder of the attacker's, with whatever identity it likes. */
function attackerAs(subject: string, kid: Uint8Array) {
  const provider = createProvider(66);
  const identities = [createIdentity(provider, Curve.P256, subject, kid)];
  return {
    identity: identities[0]!,
    initiator: createInitiator({ provider, method: 3, suites: [2], identities }),
    responder: createResponder({ provider, methods: [3], suites: [2], identities }),
  };
}

function begin(ends: Ends) {
  const waiting = ends.initiator.start({ connectionId: C_I });
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  return { waiting, answer };
}

/** The true messages 2 and 3 still do. */
function assertCompletes(ends: Ends, { waiting, answer }: ReturnType<typeof begin>): void {
  const { message } = waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
  answer.receive(message).verify(ends.initiatorIdentity.credential).answer();
}

/** What the owner does with a claim: look it up, verify. */
function find(credentials: readonly Credential[], idCred: Uint8Array): Credential | undefined {
  return createCredentialStore(credentials).candidates(idCred)[0];
}

test('an unknown peer is found in no store', () => {
  const ends = createEnds();
  const started = begin(ends);
  const stranger = attackerAs('stranger', OTHER_KID);
  const forged = stranger.responder.receive(started.waiting.message).respond({ connectionId: C_R });
  const claimed = started.waiting.receive(forged.message);
  assert.is(find([ends.responderIdentity.credential], claimed.idCred), undefined);
  assertCompletes(ends, started);
});

test('a wrong credential is refused, whoever is behind it', () => {
  const ends = createEnds();
  const started = begin(ends);
  const stranger = attackerAs('stranger', OTHER_KID);
  const claimed = started.waiting.receive(started.answer.message);
  assert.is(
    outcome(() => claimed.verify(stranger.identity.credential)),
    'credentialInvalid',
  );
  claimed.verify(ends.responderIdentity.credential);
  assertCompletes(ends, started);
});

test('a stolen kid without its key: Responder', () => {
  const ends = createEnds();
  const started = begin(ends);
  const thief = attackerAs('gateway', GATEWAY_KID);
  const forged = thief.responder.receive(started.waiting.message).respond({ connectionId: C_R });
  const claimed = started.waiting.receive(forged.message);
  const credential = find([ends.responderIdentity.credential], claimed.idCred)!;
  assert.is(
    outcome(() => claimed.verify(credential)),
    'macInvalid',
  );
  assertCompletes(ends, started);
});

test('a stolen kid without its key: Initiator', () => {
  const ends = createEnds();
  const thief = attackerAs('pne', PNE_KID);
  const waiting = thief.initiator.start({ connectionId: C_I });
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: C_R });
  const { message } = waiting.receive(answer.message).verify(ends.responderIdentity.credential).finish();
  const claimed = answer.receive(message);
  assert.is(
    outcome(() => claimed.verify(ends.initiatorIdentity.credential)),
    'macInvalid',
  );
});

test('a stolen kid without its key is refused under signatures too', () => {
  for (const number of [0, 2]) {
    const ends = createEnds(0, number);
    const provider = createProvider(67);
    const curve = number === 0 ? Curve.Ed25519 : Curve.P256;
    const identities = [createIdentity(provider, curve, 'gateway', GATEWAY_KID)];
    const thief = createResponder({ provider, methods: [0], suites: [number], identities });
    const started = begin(ends);
    const forged = thief.receive(started.waiting.message).respond({ connectionId: C_R });
    const claimed = started.waiting.receive(forged.message);
    assert.is(
      outcome(() => claimed.verify(ends.responderIdentity.credential)),
      'signatureInvalid',
    );
    assertCompletes(ends, started);
  }
});

test('identity misbinding: another name on the same key and kid is refused', () => {
  for (const method of [0, 3]) {
    const ends = createEnds(method);
    const started = begin(ends);
    const { publicKey } = ends.responderIdentity.privateKey;
    const renamed = credentialFor(publicKey, Curve.P256, 'another', GATEWAY_KID);
    const claimed = started.waiting.receive(started.answer.message);
    const expected = method === 0 ? 'signatureInvalid' : 'macInvalid';
    assert.is(
      outcome(() => claimed.verify(renamed)),
      expected,
    );
    const { message } = claimed.verify(ends.responderIdentity.credential).finish();
    const initiator = ends.initiatorIdentity.privateKey.publicKey;
    const claim = started.answer.receive(message);
    assert.is(
      outcome(() => claim.verify(credentialFor(initiator, Curve.P256, 'another', PNE_KID))),
      expected,
    );
    claim.verify(ends.initiatorIdentity.credential).answer();
  }
});

test('a man in the middle who swaps both ephemeral keys is left with no proof', () => {
  const ends = createEnds();
  const started = begin(ends);
  const middle = attackerAs('gateway', GATEWAY_KID);
  // Towards the Initiator it answers with its own G_Y, towards the Responder it starts with its own G_X.
  const toInitiator = middle.responder.receive(started.waiting.message).respond({ connectionId: C_R });
  const claimed = started.waiting.receive(toInitiator.message);
  assert.is(
    outcome(() => claimed.verify(ends.responderIdentity.credential)),
    'macInvalid',
  );
  const swapped = encodeMessage1(
    {
      ...decodeMessage1(started.waiting.message, []),
      gX: middle.identity.privateKey.publicKey.subarray(0, 32),
    },
    [],
  );
  const toResponder = ends.responder.receive(swapped).respond({ connectionId: C_R });
  const relayed = outcome(() =>
    started.waiting.receive(toResponder.message).verify(ends.responderIdentity.credential),
  );
  assert.is.not(relayed, 'accepted');
  assertCompletes(ends, started);
});

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

test('an end that is led to itself refuses its own credential', () => {
  const ends = createEnds();
  const { provider, identities } = ends.initiatorOptions;
  const mirror = createResponder({ provider, methods: [3], suites: [2], identities });
  const waiting = ends.initiator.start({ connectionId: C_I });
  const answer = mirror.receive(waiting.message).respond({ connectionId: C_R });
  const claimed = waiting.receive(answer.message);
  assert.is(
    outcome(() => claimed.verify(ends.initiatorIdentity.credential)),
    'credentialInvalid',
  );
});

test('a credential on another curve than suite and method ask is refused', () => {
  const ends = createEnds();
  const started = begin(ends);
  const key = createProvider(3).generateKey(Curve.X25519);
  const credential = credentialFor(key.publicKey, Curve.X25519, 'gateway', GATEWAY_KID);
  const claimed = started.waiting.receive(started.answer.message);
  assert.is(
    outcome(() => claimed.verify(credential)),
    'credentialInvalid',
  );
});

test('a credential whose point is off the curve is refused', () => {
  const ends = createEnds();
  const started = begin(ends);
  const publicKey = flipBit(ends.responderIdentity.privateKey.publicKey, 511);
  const credential = credentialFor(publicKey, Curve.P256, 'gateway', GATEWAY_KID);
  const claimed = started.waiting.receive(started.answer.message);
  assert.is(
    outcome(() => claimed.verify(credential)),
    'publicKeyInvalid',
  );
  assertCompletes(ends, started);
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
