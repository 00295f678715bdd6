// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import invalid from '../../tools/vectors/edhoc-rfc9529/invalid.json';
import { fromHex } from '../bytes/hex.ts';
import type { ReasonName } from '../refusal.ts';
import { decodeMessage1 } from './message-1.ts';
import { createResponder } from './responder.ts';
import { C_I, C_R, createEnds, createProvider, forgeMessage2, outcome } from './test-fixture.ts';

/** RFC 9529 section 4, in the order of the file: the reason each deserves. */
const REASONS: readonly ReasonName[] = [
  'wrongType',
  'notDeterministic',
  'wrongType',
  'wrongType',
  'trailingBytes',
  'notDeterministic',
  'notDeterministic',
  // Suite 24 is not ours: nothing says how long its G_X is to be.
  'suiteNotSupported',
  'publicKeyInvalid',
  'publicKeyInvalid',
  'publicKeyInvalid',
  'macInvalid',
  'publicKeyInvalid',
  'notDeterministic',
  'notDeterministic',
];

const test = suite('RFC 9529 invalid messages');

function receiveMessage1(bytes: Uint8Array): void {
  // The file's messages select suite 2, but for the point of low order on X25519.
  const ends = createEnds(3, bytes[1] === 0 ? 0 : 2);
  createResponder(ends.responderOptions).receive(bytes).respond({ connectionId: C_R });
}

function receiveMessage2(bytes: Uint8Array): void {
  createEnds().initiator.start({ connectionId: C_I }).receive(bytes);
}

function receivePlaintext2(bytes: Uint8Array): void {
  const { initiator, responderIdentity } = createEnds();
  const waiting = initiator.start({ connectionId: C_I });
  const { gX } = decodeMessage1(waiting.message, []);
  const message2 = forgeMessage2(createProvider(9), 2, waiting.message, gX, bytes);
  waiting.receive(message2).verify(responderIdentity.credential);
}

const RECEIVERS: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
  message_1: receiveMessage1,
  message_2: receiveMessage2,
  PLAINTEXT_2: receivePlaintext2,
};

for (const [i, vector] of invalid.vectors.entries()) {
  test(`${vector.case} (${i}) is refused: ${REASONS[i]}`, () => {
    const bytes = fromHex(vector.hex);
    assert.is(bytes.length, vector.bytes);
    assert.is(
      outcome(() => RECEIVERS[vector.what]!(bytes)),
      REASONS[i],
    );
  });
}

test('all 15 are there', () => {
  assert.is(invalid.vectors.length, 15);
  assert.is(REASONS.length, 15);
});

test.run();
