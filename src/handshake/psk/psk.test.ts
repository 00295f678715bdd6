// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex } from '../../bytes/hex.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { ImplementationLimits } from '../../limits.ts';
import { createCountingProvider } from '../counting-provider.testing.ts';
import type { EadItem } from '../ead.ts';
import { methodOf } from '../message-1.ts';
import {
  C_I,
  C_R,
  createEnds,
  createProvider,
  flipBit,
  outcome,
  run as runWithKeys,
  text,
} from '../test-fixture.ts';
import { createPreSharedKey, type PreSharedKey } from './credential.ts';
import { createPskInitiator } from './initiator.ts';
import { createPskResponder } from './responder.ts';
import { resumptionKey } from './resumption.ts';

const test = suite('EDHOC-PSK');
/** Every bit on Node; XS takes a prime share: curves are slow there. */
const STRIDE = Reflect.has(globalThis, 'process') ? 1 : 13;
const none = new Uint8Array(0);
const PNE = { cred: fromHex('a10263706e65') };
const GATEWAY = { cred: fromHex('a1026767617465776179') };

function keyOf(provider: CryptoProvider, fill: number, kid = Uint8Array.of(0, 16)): PreSharedKey {
  return createPreSharedKey(kid, provider.secret(new Uint8Array(16).fill(fill)), PNE, GATEWAY);
}

function createPskEnds(suiteNumber = 0, knownEad: readonly number[] = []) {
  const [here, there] = [createProvider(1), createProvider(2)];
  const options = { version: 8, suites: [suiteNumber], knownEad } as const;
  return {
    initiator: createPskInitiator({ ...options, suite: suiteNumber, provider: here, psk: keyOf(here, 7) }),
    responder: createPskResponder({ ...options, provider: there }),
    psk: keyOf(there, 7),
    wrong: keyOf(there, 8),
    there,
  };
}

function begin({ initiator, responder }: ReturnType<typeof createPskEnds>, ead: readonly EadItem[][] = []) {
  const waiting = initiator.start({ connectionId: C_I, ead1: ead[0] ?? [] });
  const received = responder.receive(waiting.message);
  return { waiting, received, answer: received.respond({ connectionId: C_R, ead2: ead[1] ?? [] }) };
}

for (const number of [0, 1, 2, 3, 4, 5, 6]) {
  test(`suite ${number}: both ends hold the same keys`, () => {
    const ends = createPskEnds(number);
    const { waiting, answer } = begin(ends);
    const unconfirmed = waiting.receive(answer.message).finish();
    const answered = answer.receive(unconfirmed.message).verify(ends.psk).answer();
    const { established } = unconfirmed.receive(answered.message);
    assert.equal(established.exportBytes(9, none, 16), answered.established.exportBytes(9, none, 16));
    assert.equal(established.peer.cred, GATEWAY.cred);
    assert.equal(answered.established.peer.cred, PNE.cred);
  });
}

test('EAD of all four messages arrives', () => {
  const fields = [1, 2, 3, 4].map((label): EadItem[] => [{ label, critical: true, value: text(`${label}`) }]);
  const ends = createPskEnds(0, [1, 2, 3, 4]);
  const { waiting, received, answer } = begin(ends, fields);
  const message2 = waiting.receive(answer.message);
  const unconfirmed = message2.finish(fields[2]);
  const verified = answer.receive(unconfirmed.message).verify(ends.psk);
  const confirmed = unconfirmed.receive(verified.answer(fields[3]).message);
  const arrived = [received.ead1, message2.ead2, verified.ead3, confirmed.content];
  assert.equal(
    arrived.map(([item]) => item!.label),
    [1, 2, 3, 4],
  );
});

test('a wrong key, and a key under another reference, are refused; the true one then verifies', () => {
  const ends = createPskEnds();
  const { waiting, answer } = begin(ends);
  const unconfirmed = waiting.receive(answer.message).finish();
  const claimed = answer.receive(unconfirmed.message);
  assert.equal([...claimed.idCred], [...ends.psk.idCred]);
  assert.is(
    outcome(() => claimed.verify(ends.wrong)),
    'decryptionFailure',
  );
  assert.is(
    outcome(() => claimed.verify(keyOf(ends.there, 7, Uint8Array.of(0, 17)))),
    'credentialInvalid',
  );
  claimed.verify(ends.psk).conclude();
});

test('a key whose parties were exchanged is another key', () => {
  const ends = createPskEnds();
  const { waiting, answer } = begin(ends);
  const exchanged = createPreSharedKey(
    Uint8Array.of(0, 16),
    ends.there.secret(new Uint8Array(16).fill(7)),
    GATEWAY,
    PNE,
  );
  const claimed = answer.receive(waiting.receive(answer.message).finish().message);
  assert.is(
    outcome(() => claimed.verify(exchanged)),
    'decryptionFailure',
  );
});

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

test('a handshake with public keys is resumed, and resumed again', () => {
  const keyed = createEnds(3, 0);
  const { here, there } = runWithKeys(keyed);
  const parties = [keyed.initiatorIdentity.credential, keyed.responderIdentity.credential] as const;
  let [mine, theirs] = [resumptionKey(here, ...parties), resumptionKey(there, ...parties)];
  for (let round = 0; round < 2; round++) {
    const options = { version: 8, suites: [0] } as const;
    const initiator = createPskInitiator({
      ...options,
      suite: 0,
      provider: keyed.initiatorOptions.provider,
      psk: mine,
    });
    const responder = createPskResponder({ ...options, provider: keyed.responderOptions.provider });
    const waiting = initiator.start({ connectionId: C_I });
    const answer = responder.receive(waiting.message).respond({ connectionId: C_R });
    const unconfirmed = waiting.receive(answer.message).finish();
    const claimed = answer.receive(unconfirmed.message);
    assert.equal(claimed.idCred.slice(), theirs.idCred);
    const answered = claimed.verify(theirs).answer();
    const { established } = unconfirmed.receive(answered.message);
    const before = mine.idCred;
    [mine, theirs] = [
      resumptionKey(established, ...parties),
      resumptionKey(answered.established, ...parties),
    ];
    assert.not.equal(mine.idCred, before);
  }
});

test('the two ends of a key are not one', () => {
  const secret = createProvider(1).secret(new Uint8Array(16));
  assert.is(
    outcome(() => createPreSharedKey(none, secret, PNE, { cred: PNE.cred.slice() })),
    'credentialInvalid',
  );
});

test('a Responder takes its own method only, and METHOD tells whose a message_1 is', () => {
  const ends = createPskEnds();
  const other = createEnds(3, 0);
  const [psk, keyed] = [ends.initiator, other.initiator].map((initiator) =>
    initiator.start({ connectionId: C_I }),
  );
  assert.equal([methodOf(psk!.message), methodOf(keyed!.message)], [4, 3]);
  assert.is(
    outcome(() => ends.responder.receive(keyed!.message)),
    'methodNotSupported',
  );
  assert.is(
    outcome(() => other.responder.receive(psk!.message)),
    'methodNotSupported',
  );
});

test('no other version of the draft is spoken', () => {
  const provider = createProvider(1);
  const options = { provider, suite: 0, suites: [0], psk: keyOf(provider, 7), version: 7 as never };
  assert.is(
    outcome(() => createPskInitiator(options)),
    'methodNotSupported',
  );
  assert.is(
    outcome(() => createPskResponder(options)),
    'methodNotSupported',
  );
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
