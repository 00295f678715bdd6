// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Reason, type ReasonName } from '../refusal.ts';
import { decodeError, encodeError, errorFor, isError } from './error-message.ts';
import { C_I, createEnds, outcome, run } from './test-fixture.ts';

const test = suite('error messages');

test('the three codes come back as they were sent', () => {
  for (const error of [
    { code: 1, diagnostic: 'Method not supported' },
    { code: 2, suitesR: [2] },
    { code: 2, suitesR: [9, 8] },
    { code: 3 },
  ] as const) {
    assert.equal(decodeError(encodeError(error)), error);
  }
  assert.is(toHex(encodeError({ code: 3 })), '03f5');
});

test('a peer learns nothing of a refusal but SUITES_R, and that there is nothing in common', () => {
  const told = (Object.keys(Reason) as ReasonName[]).filter((reason) => reason !== 'suiteNotSupported');
  const learned = new Map(told.map((reason) => [reason, toHex(errorFor(reason, [2, 3]))]));
  const undifferentiated = toHex(encodeError({ code: 1, diagnostic: 'refused' }));
  assert.equal(
    told.filter((reason) => learned.get(reason) !== undifferentiated),
    ['mechanismNotSupported', 'methodNotPreferred'],
  );
  assert.equal(decodeError(errorFor('suiteNotSupported', [2, 3])), { code: 2, suitesR: [2, 3] });
});

test('errors are told from messages 2 and 4', () => {
  const { answer, answered } = run(createEnds());
  assert.not.ok(isError(answer.message));
  assert.not.ok(isError(answered.message));
  for (const hex of ['0160', '0202', '03f5', '2000']) assert.ok(isError(fromHex(hex)), hex);
});

test('refuses codes and information that are not ours', () => {
  for (const [hex, reason] of [
    ['0060', 'messageInvalid'],
    ['04f5', 'messageInvalid'],
    ['20f5', 'messageInvalid'],
    ['03f4', 'messageInvalid'],
    ['0102', 'wrongType'],
    ['028102', 'wrongType'],
    ['03f6', 'wrongType'],
    ['01', 'truncated'],
    ['016000', 'trailingBytes'],
    ['', 'truncated'],
  ] as const) {
    assert.is(
      outcome(() => decodeError(fromHex(hex))),
      reason,
      hex,
    );
  }
});

test('an error does not end a handshake that waits', () => {
  const ends = createEnds();
  const waiting = ends.initiator.start({ connectionId: C_I });
  assert.is(
    outcome(() => waiting.receive(fromHex('0160'))),
    'wrongType',
  );
  assert.is(
    outcome(() => waiting.retry([3])),
    'suiteNotSupported',
  );
  const answer = ends.responder.receive(waiting.message).respond({ connectionId: Uint8Array.of(1) });
  waiting.receive(answer.message).verify(ends.responderIdentity.credential);
});

test.run();
