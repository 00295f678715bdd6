// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EadItem } from '../ead.ts';
import { methodOf } from '../message-1.ts';
import { C_I, C_R, createEnds, createProvider, outcome, run as runWithKeys, text } from '../test-fixture.ts';
import { createPreSharedKey } from './credential.ts';
import { createPskInitiator } from './initiator.ts';
import { begin, createPskEnds, GATEWAY, keyOf, none, PNE } from './psk.testing.ts';
import { createPskResponder } from './responder.ts';
import { resumptionKey } from './resumption.ts';

const test = suite('EDHOC-PSK');

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

test.run();
