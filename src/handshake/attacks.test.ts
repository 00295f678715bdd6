// SPDX-License-Identifier: Apache-2.0

/** Who is not who it says. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import {
  assertCompletes,
  attackerAs,
  begin,
  find,
  GATEWAY_KID,
  OTHER_KID,
  PNE_KID,
} from './attacks.testing.ts';
import { decodeMessage1, encodeMessage1 } from './message-1.ts';
import { createResponder } from './responder.ts';
import {
  C_I,
  C_R,
  createEnds,
  createIdentity,
  createProvider,
  credentialFor,
  flipBit,
  outcome,
} from './test-fixture.ts';

const test = suite('attacks');

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

test.run();
